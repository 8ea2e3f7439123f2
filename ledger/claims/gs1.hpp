#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// GS1 application identifiers: reading element strings and Digital Link addresses. Used by foreign.cpp
/// alone.
namespace tidewaiter::claims::gs1 {

/// ("01 GTIN", "09501101530003") in the order of the code.
using Elements = std::vector<std::pair<std::string, std::string>>;

/// With a symbology identifier (]C1, ]d2, ]Q3, ]e0 …), with FNC1 as the character 1D, or written for people
/// with brackets: (01)…(17)…. Nothing unless every part is known and fits and, where no symbology identifier
/// says what it is, at least one check digit holds.
[[nodiscard]] std::optional<Elements> read_elements(std::string_view text);

/// An http or https address whose path ends in /AI/value pairs that begin with a primary key. The host is not
/// part of the answer: anybody's may stand there.
[[nodiscard]] std::optional<Elements> read_link(std::string_view text);

} // namespace tidewaiter::claims::gs1
