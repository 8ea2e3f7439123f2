#pragma once

#include "daemon/loop/http.hpp"
#include "daemon/node/solo.hpp"

namespace tidewaiter::node {

/// The node's HTTP interface for issuers and operators, on loopback. Routes are listed in docs/operations.md.
/// Engine and clock outlive the router. `submitted` is called when a transaction waits for a block.
void add_routes(loop::Router& router, SoloEngine& engine, std::function<Moment()> now,
                std::function<void()> submitted);

} // namespace tidewaiter::node
