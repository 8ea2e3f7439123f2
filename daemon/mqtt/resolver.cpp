#include "daemon/mqtt/resolver.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netdb.h>
#include <netinet/in.h>

namespace tidewaiter::mqtt {

namespace {

/// How soon interrupt() is noticed.
constexpr std::chrono::milliseconds kStep{50};

bool is_numeric(const std::string& host) {
    std::array<unsigned char, 16> address{};
    return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

} // namespace

struct Resolver::Request {
    explicit Request(const std::string& name) : host(name) {
        hints.ai_socktype = SOCK_STREAM;
        control.ar_name = host.c_str();
        control.ar_request = &hints;
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    ~Request() {
        if (control.ar_result != nullptr) ::freeaddrinfo(control.ar_result);
    }

    [[nodiscard]] bool is_running() { return ::gai_error(&control) == EAI_INPROGRESS; }

    std::string host;
    addrinfo hints{};
    gaicb control{};
};

Resolver::Resolver() = default;

Resolver::~Resolver() {
    sweep();
    // The system may still write into the rest: rather lost than overwritten.
    for (std::unique_ptr<Request>& request : abandoned_)
        ignore(request.release(), "see above");
}

void Resolver::sweep() {
    std::erase_if(abandoned_, [](const std::unique_ptr<Request>& request) { return !request->is_running(); });
}

Result<std::string> Resolver::resolve(const std::string& host, std::chrono::milliseconds deadline) {
    sweep();
    if (is_numeric(host)) return host;
    auto request = std::make_unique<Request>(host);
    gaicb* list = &request->control;
    if (const int failure = ::getaddrinfo_a(GAI_NOWAIT, &list, 1, nullptr); failure != 0) {
        return fail("mqtt.unresolved", "cannot look up \"" + host + "\": " + ::gai_strerror(failure));
    }
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (request->is_running()) {
        if (is_interrupted_ || std::chrono::steady_clock::now() >= end) {
            if (::gai_cancel(list) != EAI_CANCELED) abandoned_.push_back(std::move(request));
            return fail("mqtt.timeout",
                        "looking up \"" + host + "\" took too long; is the name service reachable?");
        }
        const timespec step{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(kStep).count()};
        const gaicb* waited = list;
        ::gai_suspend(&waited, 1, &step);
    }
    if (const int failure = ::gai_error(list); failure != 0) {
        return fail("mqtt.unresolved",
                    "there is no address for \"" + host + "\": " + ::gai_strerror(failure));
    }
    std::array<char, NI_MAXHOST> text{};
    const addrinfo* first = list->ar_result;
    if (::getnameinfo(first->ai_addr, first->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0) {
        return fail("mqtt.unresolved", "\"" + host + "\" has an address that cannot be used");
    }
    return std::string(text.data());
}

} // namespace tidewaiter::mqtt
