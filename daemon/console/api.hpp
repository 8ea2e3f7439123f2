#pragma once

#include "daemon/console/service.hpp"
#include "daemon/loop/http.hpp"

namespace tidewaiter::console {

/// The gateway's routes. Service and hub outlive the router's use: the caller destroys the server first. A
/// new listener to the event stream is greeted with the status.
void add_routes(loop::Router& router, Service& service, loop::EventHub& events);

} // namespace tidewaiter::console
