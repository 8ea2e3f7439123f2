#include "daemon/wire/topics.hpp"

namespace tidewaiter::wire {

std::string Topics::relay(std::string_view relay, std::string_view what) const {
    return base_ + "relay/" + std::string(relay) + "/" + std::string(what);
}

std::string Topics::device(std::string_view device, std::string_view what) const {
    return base_ + "device/" + std::string(device) + "/" + std::string(what);
}

std::string Topics::head(std::string_view relay_id) const {
    return relay(relay_id, "head");
}
std::string Topics::delta(std::string_view relay_id, std::string_view name_space) const {
    return relay(relay_id, "delta/") + std::string(name_space);
}
std::string Topics::request(std::string_view relay_id, std::string_view device_id) const {
    return relay(relay_id, "request/") + std::string(device_id);
}
std::string Topics::submit(std::string_view relay_id, std::string_view device_id) const {
    return relay(relay_id, "submit/") + std::string(device_id);
}
std::string Topics::reply(std::string_view device_id) const {
    return device(device_id, "reply");
}
std::string Topics::receipt(std::string_view device_id) const {
    return device(device_id, "receipt");
}
std::string Topics::device_state(std::string_view device_id) const {
    return device(device_id, "state");
}
std::string Topics::all_requests(std::string_view relay_id) const {
    return relay(relay_id, "request/+");
}
std::string Topics::all_submits(std::string_view relay_id) const {
    return relay(relay_id, "submit/+");
}

std::string_view Topics::last_level(std::string_view topic) {
    const std::size_t slash = topic.rfind('/');
    return slash == std::string_view::npos ? topic : topic.substr(slash + 1);
}

} // namespace tidewaiter::wire
