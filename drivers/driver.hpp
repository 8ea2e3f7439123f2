#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"

#include <functional>
#include <string>

/// What hardware says, whatever the hardware is: a hand scanner, a camera, a folder a flat-bed scanner fills.
namespace tidewaiter::drivers {

enum class Content {
    Code,    ///< the bytes of one symbol, read by the device itself
    Picture, ///< a picture file or frame, still to be read (always by the decoder process)
};

/// One thing that came from a device. Everything in it is untrusted.
struct Reading {
    Content content = Content::Code;
    std::string device;    ///< which one, as configured: "folder:scan", "serial:lane1"
    std::string name;      ///< the device's own name for it, where it has one: a file's name
    UnixTime received = 0; ///< wall clock; its quality is the caller's matter
    Bytes bytes;           ///< as they came, nothing stripped or translated
    std::string symbology; ///< AIM identifier ("]Q1") where the device tells it, else empty
};

/// Called on the driver's own thread; it must hand the reading on and return.
using Sink = std::function<void(Reading)>;

/// A source of readings. Destroying it stops its thread and closes the device.
class Driver {
  public:
    Driver() = default;
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;
    virtual ~Driver() = default;

    /// As in Reading::device.
    [[nodiscard]] virtual const std::string& device() const = 0;
    /// The caller's word on a reading: it was read and judged, the device may put it away.
    [[nodiscard]] virtual Status accept(const std::string& name) = 0;
    /// The caller's word on a reading: nothing could be read in it, for this reason.
    [[nodiscard]] virtual Status refuse(const std::string& name, const std::string& reason) = 0;
    /// Not now: the reading stays where it is and is handed over again after a while.
    [[nodiscard]] virtual Status postpone(const std::string& name) = 0;
};

} // namespace tidewaiter::drivers
