#include "daemon/mqtt/client.hpp"

#include "daemon/log/log.hpp"
#include "daemon/loop/worker.hpp"
#include "daemon/mqtt/paho_engine.hpp"
#include "ledger/base/limits.hpp"

#include <deque>
#include <map>

namespace tidewaiter::mqtt {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxWaiting = 1024;
constexpr std::size_t kMaxJobs = 4096;
/// Under way at once, besides the first message. When a connection breaks, the library never frees what it
/// had queued and not yet sent (its destroy call forgets those payloads), so this is also the most that is
/// lost each time.
constexpr std::size_t kMaxBytesUnderWay = std::size_t{256} * 1024;
constexpr std::chrono::milliseconds kLookForSilence{1000};

class PahoClient final : public Client {
  public:
    PahoClient(loop::Loop& loop, Events events)
        : loop_(loop), events_(std::move(events)), engine_(report_to(loop.poster())),
          worker_("mqtt", kMaxJobs) {}

    ~PahoClient() override { engine_.interrupt(); }

    void connect(Options options) override;
    void subscribe(std::string filter, Done done) override;
    void publish(std::string topic, Bytes payload, Done done) override;
    void disconnect(Done done) override;
    [[nodiscard]] bool is_connected() const override { return state_ == State::Connected; }
    [[nodiscard]] std::size_t open_publishes() const override { return waiting_.size() + under_way_.size(); }

  private:
    enum class State { Idle, Connecting, Connected, Leaving };
    struct Waiting {
        std::string topic;
        Bytes payload;
        Done done;
    };
    struct UnderWay {
        Done done;
        Clock::time_point since;
        std::size_t bytes = 0;
    };
    using UnderWays = std::map<std::uint64_t, UnderWay>; // in the order of their numbers

    [[nodiscard]] Engine::Report report_to(loop::Poster poster);
    void handle(Happening happening);
    void handle_connected(const Happening& happening);
    void handle_answer(UnderWays& among, Happening happening);
    void feed();
    void look_for_silence();
    void lose(const Error& reason);
    void fail_open(const Error& reason);
    void later(Done done, Status status);
    void submit(loop::Task job);

    loop::Loop& loop_;
    Events events_;
    State state_ = State::Idle;
    std::uint64_t epoch_ = 0;
    std::uint64_t next_id_ = 1;
    std::size_t window_ = 1;
    std::chrono::milliseconds answer_deadline_{0};
    std::deque<Waiting> waiting_;
    UnderWays under_way_;
    std::size_t bytes_under_way_ = 0;
    UnderWays subscribing_;
    Done left_;
    loop::Timer connect_timer_;
    loop::Timer silence_timer_;
    loop::Alive alive_;
    // The worker ends before the engine that its jobs use.
    Engine engine_;
    loop::Worker worker_;
};

Engine::Report PahoClient::report_to(loop::Poster poster) {
    return [poster = std::move(poster), take = alive_.guard([this](Happening happening) {
        handle(std::move(happening));
    })](Happening happening) {
        ignore(
            poster.post([take, happening = std::move(happening)]() mutable { take(std::move(happening)); }),
            "a loop that has ended hears nothing");
    };
}

void PahoClient::submit(loop::Task job) {
    // Jobs are bounded by the window, the waiting subscribes and the caller's reconnects; beyond that the
    // library hangs.
    if (!worker_.submit(std::move(job))) log::error("mqtt.stuck", {{"jobs", kMaxJobs}});
}

void PahoClient::later(Done done, Status status) {
    if (!done) return;
    loop_.post(alive_.guard([done = std::move(done), status = std::move(status)] { done(status); }));
}

void PahoClient::connect(Options options) {
    fail_open({"mqtt.lost", "the connection was given up for a new one"});
    const std::uint64_t epoch = ++epoch_;
    state_ = State::Connecting;
    answer_deadline_ = options.answer_deadline;
    const std::string place = options.host + ":" + std::to_string(options.port);
    // The library looks at its own time-out every three seconds only.
    connect_timer_ = loop_.after(options.connect_deadline, alive_.guard([this, place] {
        if (state_ == State::Connecting) lose({"mqtt.timeout", place + " did not answer in time"});
    }));
    submit([this, epoch, options = std::move(options)] { engine_.connect(epoch, options); });
}

void PahoClient::subscribe(std::string filter, Done done) {
    if (const Status fine = check_filter(filter); !fine) return later(std::move(done), fine);
    if (!is_connected())
        return later(std::move(done), fail("mqtt.not-connected", "there is no connection to a broker"));
    if (subscribing_.size() >= kMaxWaiting)
        return later(std::move(done), fail("mqtt.full", "too many subscribes at once"));
    const std::uint64_t id = next_id_++;
    subscribing_.emplace(id, UnderWay{std::move(done), Clock::now()});
    submit([this, epoch = epoch_, id, filter = std::move(filter)] { engine_.subscribe(epoch, id, filter); });
}

void PahoClient::publish(std::string topic, Bytes payload, Done done) {
    if (const Status fine = check_topic(topic); !fine) return later(std::move(done), fine);
    if (payload.size() > limits::kMaxMqttPayloadBytes) {
        return later(
            std::move(done),
            fail("mqtt.too-large", "the payload has " + std::to_string(payload.size()) + " bytes; at most " +
                                       std::to_string(limits::kMaxMqttPayloadBytes) + " are allowed"));
    }
    if (!is_connected())
        return later(std::move(done), fail("mqtt.not-connected", "there is no connection to a broker"));
    if (waiting_.size() >= kMaxWaiting) {
        return later(std::move(done),
                     fail("mqtt.full", "1024 messages wait already; go on when some are acknowledged"));
    }
    waiting_.push_back({std::move(topic), std::move(payload), std::move(done)});
    feed();
}

void PahoClient::disconnect(Done done) {
    fail_open({"mqtt.lost", "the connection was ended"});
    const std::uint64_t epoch = ++epoch_;
    state_ = State::Leaving;
    left_ = std::move(done);
    submit([this, epoch] { engine_.disconnect(epoch); });
}

void PahoClient::feed() {
    while (is_connected() && under_way_.size() < window_ && !waiting_.empty()) {
        const std::size_t bytes = waiting_.front().payload.size();
        if (!under_way_.empty() && bytes_under_way_ + bytes > kMaxBytesUnderWay) return;
        bytes_under_way_ += bytes;
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        const std::uint64_t id = next_id_++;
        under_way_.emplace(id, UnderWay{std::move(next.done), Clock::now(), bytes});
        submit([this, epoch = epoch_, id, topic = std::move(next.topic), payload = std::move(next.payload)] {
            engine_.publish(epoch, id, topic, payload);
        });
    }
}

void PahoClient::handle(Happening happening) {
    if (happening.kind == Happening::Kind::Message) engine_.taken(happening.message.payload.size());
    // Of a connection that was given up.
    if (happening.epoch != epoch_) return;
    switch (happening.kind) {
    case Happening::Kind::Connected: handle_connected(happening); break;
    case Happening::Kind::Lost:
        if (state_ != State::Idle) lose(happening.status.error());
        break;
    case Happening::Kind::Message:
        if (events_.message) events_.message(std::move(happening.message));
        break;
    case Happening::Kind::Oversized:
        log::warning("mqtt.message-too-large", {{"topic", happening.message.topic}});
        break;
    case Happening::Kind::Published: handle_answer(under_way_, std::move(happening)); break;
    case Happening::Kind::Subscribed: handle_answer(subscribing_, std::move(happening)); break;
    case Happening::Kind::Disconnected:
        state_ = State::Idle;
        if (const Done done = std::exchange(left_, nullptr)) done({});
        break;
    }
}

void PahoClient::handle_connected(const Happening& happening) {
    if (state_ != State::Connecting) return;
    connect_timer_.cancel();
    state_ = State::Connected;
    window_ = happening.window;
    silence_timer_ = loop_.every(kLookForSilence, alive_.guard([this] { look_for_silence(); }));
    if (events_.connected) events_.connected(happening.session_present);
}

void PahoClient::handle_answer(UnderWays& among, Happening happening) {
    const auto found = among.find(happening.id);
    if (found == among.end()) return;
    const Done done = std::move(found->second.done);
    bytes_under_way_ -= found->second.bytes;
    among.erase(found);
    feed();
    if (done) done(std::move(happening.status));
}

/// A broker that keeps the connection alive but acknowledges nothing would hold us for ever.
void PahoClient::look_for_silence() {
    const auto oldest = Clock::now() - answer_deadline_;
    for (const UnderWays* among : {&under_way_, &subscribing_}) {
        if (!among->empty() && among->begin()->second.since < oldest) {
            lose({"mqtt.timeout", "the broker does not acknowledge what it is sent"});
            return;
        }
    }
}

void PahoClient::lose(const Error& reason) {
    ++epoch_;
    state_ = State::Idle;
    connect_timer_.cancel();
    silence_timer_.cancel();
    submit([this] { engine_.drop(); });
    fail_open(reason);
    // Behind the Dones, which were posted.
    loop_.post(alive_.guard([this, reason] {
        if (events_.lost) events_.lost(reason);
    }));
}

void PahoClient::fail_open(const Error& reason) {
    connect_timer_.cancel();
    silence_timer_.cancel();
    const Status lost = fail("mqtt.lost", reason.detail);
    bytes_under_way_ = 0;
    for (auto& [id, open] : std::exchange(under_way_, {}))
        later(std::move(open.done), lost);
    for (Waiting& open : std::exchange(waiting_, {}))
        later(std::move(open.done), lost);
    for (auto& [id, open] : std::exchange(subscribing_, {}))
        later(std::move(open.done), lost);
    if (left_) later(std::exchange(left_, nullptr), {});
}

} // namespace

std::unique_ptr<Client> make_client(loop::Loop& loop, Events events) {
    return std::make_unique<PahoClient>(loop, std::move(events));
}

} // namespace tidewaiter::mqtt
