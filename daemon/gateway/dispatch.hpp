#pragma once

#include "daemon/gateway/box.hpp"
#include "daemon/gateway/sync/driver.hpp"

#include <map>

namespace tidewaiter::gateway {

/// Sends what waits in the outbox, in order of sequence, and closes a row when its outcome is seen in
/// verified state. A broker's word stops a timer, a relay's word parks a row; neither closes one. Loop thread
/// only.
class Dispatch {
  public:
    struct Events {
        std::function<void(const OutboxRow&)> changed; ///< for the screens
        std::function<void(const Error&)> broken;      ///< box.db cannot be written
    };
    /// Box, copy and driver outlive it.
    Dispatch(Box& box, sync::Copy& copy, sync::Driver& driver, Events events);

    /// A stamp was kept, a relay connected, or time has passed.
    void send(sync::Now now);
    void connected(sync::Now now);
    void disconnected();
    void advanced(sync::Now now);
    void receipts(const wire::ReceiptHint& hint);

  private:
    void sent(const std::vector<Hash>& stamps, const Status& done);
    void check(const Status& done);
    void tell(const Hash& stamp);

    Box& box_;
    sync::Copy& copy_;
    sync::Driver& driver_;
    Events events_;
    /// When each open row was handed over on this connection.
    std::map<Hash, std::int64_t> handed_over_ms_;
    loop::Alive alive_;
};

} // namespace tidewaiter::gateway
