#pragma once

#include <string_view>

namespace tidewaiter::console {

/// The live page and what it loads; compiled in from page.html, page.js and page.css.
[[nodiscard]] std::string_view page_html();
[[nodiscard]] std::string_view page_script();
[[nodiscard]] std::string_view page_style();

} // namespace tidewaiter::console
