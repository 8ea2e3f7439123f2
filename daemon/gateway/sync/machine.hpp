#pragma once

#include "daemon/gateway/sync/deltas.hpp"
#include "daemon/gateway/sync/loader.hpp"
#include "daemon/gateway/sync/now.hpp"
#include "daemon/wire/topics.hpp"

#include <deque>

/// Sync as a state machine: messages and time go in, actions come out.
namespace tidewaiter::sync {

struct Relay {
    std::string id;
    std::string member;
    crypto::PublicKey key; ///< signs its heads
    std::string host;
    std::uint16_t port = 0;
};

// ---- what the machine wants done ----
struct Publish {
    std::string topic;
    Bytes payload;
};
struct Subscribe {
    std::string topic;
};
/// Disconnect and go on with the next relay; what it sent is not believed.
struct LeaveRelay {
    std::string reason;
};
/// The copy stands at a newer state.
struct Advanced {
    std::uint64_t state_height = 0;
};
/// The copy froze: two verified truths for one height.
struct Frozen {
    std::string reason;
};
/// What this relay thinks became of transactions.
struct Hint {
    wire::ReceiptHint receipts;
};
/// For the log: wrong but handled.
struct Problem {
    Error error;
};
/// The disk or the database failed; the gateway cannot go on.
struct Broken {
    Error error;
};
using Action = std::variant<Publish, Subscribe, LeaveRelay, Advanced, Frozen, Hint, Problem, Broken>;

class Machine {
  public:
    /// The copy outlives the machine.
    Machine(Copy& copy, std::string device);

    void connected(const Relay& relay, Now now);
    void disconnected();
    void message(std::string_view topic, ByteView payload, Now now);
    /// About every 100 ms.
    void tick(Now now);
    /// Blobs that a reader misses; asked for once a minute at most.
    void want_blobs(const std::string& name_space, const std::vector<Hash>& hashes, Now now);

    /// What is to be done since the last call, in order.
    [[nodiscard]] std::vector<Action> take();

    [[nodiscard]] bool is_connected() const { return relay_.has_value(); }
    [[nodiscard]] const std::optional<Relay>& relay() const { return relay_; }
    /// Of a running load, 0 … 1; 1 when the copy is loaded.
    [[nodiscard]] double progress() const { return loader_.progress(); }
    /// Newest state known to be provable; 0 when none.
    [[nodiscard]] std::uint64_t target_height() const { return target_ ? target_->height : 0; }

  private:
    using Asked = std::variant<wire::LightBlockRequest, wire::DeltasRequest, wire::ManifestRequest,
                               wire::ChunkRequest, wire::BlobsRequest, wire::OutcomeRequest>;
    struct Open {
        Asked body;
        std::int64_t deadline_ms = 0;
    };
    struct Gap {
        std::int64_t since_ms = 0;
        int asked = 0;
        bool is_refused = false; ///< the relay does not have these deltas: load instead
    };
    /// A head that could not be trusted at once and the heights fetched to get there.
    struct Bisection {
        wire::HeadMessage head;
        std::vector<std::pair<chain::LightBlock, Bytes>> stack; ///< bottom: the head's own block
    };

    void ask(Asked body, Now now);
    void ask_waiting(Now now);
    void ask_newest(Now now) { ask(wire::LightBlockRequest{.height = 0}, now); }
    void reply(ByteView payload, Now now);
    void refused(const Asked& asked, wire::Refusal refusal, Now now);
    void expire(Now now);

    void head(const wire::HeadMessage& message, Now now);
    void start_from_anchor(const wire::HeadMessage& message, Now now);
    [[nodiscard]] Status check_relay_signature(const wire::HeadMessage& message,
                                               const chain::LightBlock& block) const;
    void trust_head(const wire::HeadMessage& message, const chain::LightBlock& block, Now now);
    void bisect(Now now);
    void set_target(const wire::HeadMessage& message, const chain::LightBlock& block, Now now);

    void advance(Now now);
    void ask_for_gap(const std::string& name_space, Now now);
    void apply_way(const state::Overlay::Changes& changes,
                   const std::vector<std::pair<std::string, Bytes>>& blobs);
    void load(Now now);
    void aim_loader(Now now);

    void leave(const Error& why);
    void broken(const Error& error) { actions_.emplace_back(Broken{error}); }

    Copy* copy_;
    std::string device_;
    wire::Topics topics_;
    Loader loader_;
    DeltaBuffer deltas_;
    std::vector<Action> actions_;

    std::optional<Relay> relay_;
    std::map<std::uint32_t, Open> open_;
    std::deque<Asked> waiting_; ///< until one of the open requests is answered
    std::uint32_t next_request_ = 1;
    std::optional<Target> target_;
    std::optional<Bisection> bisection_;
    std::map<std::string, Gap> gaps_;
    std::map<Hash, std::int64_t> blobs_asked_;
    std::int64_t last_head_ms_ = 0;
    std::int64_t asked_newest_ms_ = 0;
};

} // namespace tidewaiter::sync
