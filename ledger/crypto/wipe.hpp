#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tidewaiter::crypto {

/// Overwrites secrets in a way the compiler keeps.
void wipe(std::span<std::uint8_t> bytes);
void wipe(std::string& text);

/// Text that holds a secret: wiped when destroyed, never copied.
class SecretText {
  public:
    explicit SecretText(std::string text) : text_(std::move(text)) {}
    SecretText(const SecretText&) = delete;
    SecretText& operator=(const SecretText&) = delete;
    SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    SecretText& operator=(SecretText&&) = delete;
    ~SecretText() { wipe(text_); }

    [[nodiscard]] std::string_view view() const { return text_; }

  private:
    std::string text_;
};

} // namespace tidewaiter::crypto
