#include "daemon/mqtt/client.hpp"

#include <algorithm>

namespace tidewaiter::mqtt {

namespace {

constexpr std::size_t kMaxTopicBytes = 200;
constexpr std::size_t kMaxLevels = 8;

std::unexpected<Error> bad_topic(std::string_view topic, std::string_view why) {
    return fail("mqtt.topic", "\"" + printable(topic) + "\": " + std::string(why));
}

bool is_topic_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

Status check(std::string_view topic, bool is_filter) {
    if (topic.empty() || topic.size() > kMaxTopicBytes) return bad_topic(topic, "must have 1 to 200 bytes");
    std::string_view rest = topic;
    for (std::size_t level = 1;; ++level) {
        if (level > kMaxLevels) return bad_topic(topic, "has more than 8 levels");
        const std::size_t slash = rest.find('/');
        const std::string_view name = rest.substr(0, slash);
        const bool is_last = slash == std::string_view::npos;
        const bool is_wildcard = is_filter && (name == "+" || (name == "#" && is_last));
        if (name.empty()) return bad_topic(topic, "has an empty level");
        if (!is_wildcard && !std::ranges::all_of(name, is_topic_character)) {
            return bad_topic(topic, "a level may have a-z, 0-9, _ and - only");
        }
        if (is_last) return {};
        rest.remove_prefix(slash + 1);
    }
}

} // namespace

Status check_topic(std::string_view topic) {
    return check(topic, /*is_filter=*/false);
}

Status check_filter(std::string_view filter) {
    return check(filter, /*is_filter=*/true);
}

} // namespace tidewaiter::mqtt
