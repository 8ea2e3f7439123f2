#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace tidewaiter {

/// An expected failure: input, network, disk, policy. Never a program bug (see assert.hpp), never a verdict.
struct Error {
    std::string_view code; ///< stable and dotted, static storage: "cbor.not-shortest", "store.full"
    std::string detail;    ///< for people: what, where, and what to do
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return fail("cbor.depth", "…")` from any function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(std::string_view code, std::string detail) {
    return std::unexpected(Error{code, std::move(detail)});
}

/// The same error with the place it passed through put in front of its detail.
[[nodiscard]] inline std::unexpected<Error> within(std::string_view place, Error cause) {
    cause.detail.insert(0, std::string(place) + ": ");
    return std::unexpected(std::move(cause));
}

/// For a return value that is rightly not looked at; `why` is for the reader.
template <class T>
void ignore(T&& /*value*/, std::string_view /*why*/) {}

} // namespace tidewaiter

#define TW_CONCAT_(a, b) a##b
#define TW_CONCAT(a, b) TW_CONCAT_(a, b)

/// TW_TRY(auto x, parse(bytes)); declares x from a Result or returns its error.
#define TW_TRY(declaration, expression) TW_TRY_(declaration, expression, TW_CONCAT(tw_result_, __COUNTER__))
#define TW_TRY_(declaration, expression, temporary)                                                          \
    auto temporary = (expression);                                                                           \
    if (!temporary) return std::unexpected(std::move(temporary).error());                                    \
    declaration = std::move(*temporary)

/// TW_CHECK(write(x)); returns the error of a Result whose value is not needed.
#define TW_CHECK(expression)                                                                                 \
    do {                                                                                                     \
        auto tw_status = (expression);                                                                       \
        if (!tw_status) return std::unexpected(std::move(tw_status).error());                                \
    } while (false)
