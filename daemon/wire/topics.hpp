#pragma once

#include <string>
#include <string_view>

/// Topic names below tidewaiter/v1/<chain>/. Ids are [a-z0-9-], so no topic needs escaping. A namespace's
/// slashes stay: they are levels of the topic.
namespace tidewaiter::wire {

class Topics {
  public:
    explicit Topics(std::string_view chain_id) : base_("tidewaiter/v1/" + std::string(chain_id) + "/") {}

    [[nodiscard]] std::string head(std::string_view relay) const;
    [[nodiscard]] std::string delta(std::string_view relay, std::string_view name_space) const;
    [[nodiscard]] std::string request(std::string_view relay, std::string_view device) const;
    [[nodiscard]] std::string submit(std::string_view relay, std::string_view device) const;
    [[nodiscard]] std::string reply(std::string_view device) const;
    [[nodiscard]] std::string receipt(std::string_view device) const;
    [[nodiscard]] std::string device_state(std::string_view device) const;
    /// Subscriptions of a relay to all its devices.
    [[nodiscard]] std::string all_requests(std::string_view relay) const;
    [[nodiscard]] std::string all_submits(std::string_view relay) const;
    /// The last level of a topic: the device id of a request or submit.
    [[nodiscard]] static std::string_view last_level(std::string_view topic);

  private:
    std::string relay(std::string_view relay, std::string_view what) const;
    std::string device(std::string_view device, std::string_view what) const;

    std::string base_;
};

} // namespace tidewaiter::wire
