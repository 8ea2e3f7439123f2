#pragma once

#include "daemon/console/service.hpp"
#include "daemon/loop/http.hpp"

namespace tidewaiter::console {

/// The gateway's routes. Router, service and hub outlive each other's use: the caller destroys the server first.
/// `now` gives the sentence with which a new listener to the event stream is greeted: the status.
void add_routes(loop::Router& router, Service& service, loop::EventHub& events);

} // namespace tidewaiter::console
