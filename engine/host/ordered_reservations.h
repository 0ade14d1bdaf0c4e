// SPDX-License-Identifier: GPL-3.0-or-later
// Reservations that were ordered of a running server, beside those of its configuration: which of them fit.
#pragma once

#include "engine/server/config.h"

#include <string>
#include <vector>

namespace dorascope::host {

/// One that does not fit, and why: "it is reserved for 02:00:00:00:00:01 already".
struct LeftOut {
    server::Reservation reservation;
    std::string why;
    bool same = false; ///< the configuration has it, for the same client: nothing is missing
};
/// "The reservation of … for … is left out: ….".
std::string to_sentence(const LeftOut& left_out);
/// Of those that are missed: who writes the ordered ones into his file has not lost any.
std::vector<std::string> sentences(const std::vector<LeftOut>& left_out);
/// Says in exactly one way whom it is for: by card, by identifier, by host name, or by what a relay adds.
bool is_for_one(const server::Reservation& reservation);
/// "02:00:00:00:00:01", "client identifier 01ab", "host name printer", "what hangs on circuit 01".
std::string client_of(const server::Reservation& reservation);
/// The problems, one after the other.
std::string all_of(const server::ConfigErrors& errors);

/// `configured` with those of the reservations that fit it, in their order; of two that exclude each other the first. The others are
/// appended to `left_out`: their address lies in no subnet, the configuration has their address or their client already, or validate()
/// finds fault with them. The whole is validated once; only where one is at fault more often, and then few times for each of those.
server::Config with_reservations(server::Config configured, const std::vector<server::Reservation>& ordered,
                                 std::vector<LeftOut>& left_out);

} // namespace dorascope::host
