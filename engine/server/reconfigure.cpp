// SPDX-License-Identifier: GPL-3.0-or-later
// Another configuration for a running server: the bindings move over to the new subnets, between two packets.
#include "engine/server/server_state.h"

#include <utility>

namespace dorascope::server {

tl::expected<void, ConfigErrors> DhcpServer::reconfigure(Instant now, Config config, Outbox& out)
{
    return reconfigure(now, std::move(config), DecisionStep{StepCode::reconfigured, {}, 0, {}}, out);
}

tl::expected<void, ConfigErrors> DhcpServer::reconfigure(Instant now, Config config, const std::optional<DecisionStep>& noted,
                                                         Outbox& out)
{
    if (ConfigErrors errors = validate(config); !errors.empty()) return tl::unexpected{std::move(errors)};
    state_->reconfigure(now, std::move(config), noted, out);
    return {};
}

void DhcpServer::State::reconfigure(Instant now, Config next, const std::optional<DecisionStep>& noted, Outbox& out)
{
    // What was due until now was due under the former configuration.
    bindings.settle(now);
    // The former one lives until nothing points into it any more.
    const Config former = std::exchange(config, std::move(next));
    SubnetTable coming{config};
    std::size_t aside = bindings.aside();
    if (coming.leases_the_same(subnets)) {
        // Of half a million leases it is the few whose reservation changed that are looked at.
        std::vector<Ipv4Address> changed;
        coming.take_over(subnets, [&changed](Ipv4Address address) { changed.push_back(address); });
        subnets = std::move(coming);
        for (const Ipv4Address address : changed)
            bindings.configured_anew(address);
    } else {
        subnets = std::move(coming);
        aside = bindings.rehome(now);
    }
    allocator.reconfigure(config.offer_hold);

    if (!noted) return;
    auto& step = record(now, noted->code, noted->address, noted->who, out).steps.back();
    if (step.code == StepCode::reconfigured) step.number = static_cast<std::int64_t>(aside);
}

} // namespace dorascope::server
