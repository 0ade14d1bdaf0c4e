// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/request_state.h"

#include <array>

namespace dorascope::server {

namespace {

enum class Source : std::uint8_t { nowhere, option_50, ciaddr, both_equal };

struct Row {
    bool server_id, requested, ciaddr;
    RequestState state; ///< renewing stands for rebinding too
    Source source;
};

// RFC 2131 §4.3.2 gives the rows marked with a state's name; the others are what clients send all the same. A surplus field that
// contradicts nothing is forgiven; the rest could mean two things, and guessing gives addresses away.
constexpr std::array kRows{
    Row{true, true, false, RequestState::selecting, Source::option_50}, // SELECTING
    Row{false, true, false, RequestState::init_reboot, Source::option_50}, // INIT-REBOOT
    Row{false, false, true, RequestState::renewing, Source::ciaddr}, // RENEWING, REBINDING
    Row{true, true, true, RequestState::selecting, Source::both_equal},
    Row{true, false, true, RequestState::renewing, Source::ciaddr},
    Row{false, true, true, RequestState::renewing, Source::both_equal},
    Row{true, false, false, RequestState::ambiguous, Source::nowhere},
    Row{false, false, false, RequestState::ambiguous, Source::nowhere},
};

} // namespace

ClassifiedRequest classify_request(const wire::Message& request, bool broadcast)
{
    const auto requested = request.options.address(wire::option::requested_address);
    const bool has_server_id = request.options.address(wire::option::server_identifier).has_value();
    // Of the wrong length (two of them, joined as RFC 3396 has it) it names a server, and nobody can say which.
    const bool names_nobody = !has_server_id && request.options.has(wire::option::server_identifier);
    if (names_nobody) return {RequestState::ambiguous, requested.value_or(request.ciaddr)};
    const bool has_ciaddr = !request.ciaddr.is_unspecified();
    for (const Row& row : kRows) {
        if (row.server_id != has_server_id || row.requested != requested.has_value() || row.ciaddr != has_ciaddr) continue;
        if (row.source == Source::both_equal && *requested != request.ciaddr) break;
        const RequestState state = row.state == RequestState::renewing && broadcast ? RequestState::rebinding : row.state;
        return {state, row.source == Source::option_50 ? *requested : request.ciaddr};
    }
    return {RequestState::ambiguous, requested.value_or(request.ciaddr)};
}

StepCode step_of(RequestState state)
{
    static constexpr std::array kSteps{StepCode::request_selecting, StepCode::request_init_reboot, StepCode::request_renewing,
                                       StepCode::request_rebinding, StepCode::request_ambiguous};
    return kSteps[static_cast<std::size_t>(state)];
}

} // namespace dorascope::server
