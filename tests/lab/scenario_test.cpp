// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in scenarios do what their descriptions promise.
#include "tests/lab/watch.h"

#include <gmock/gmock.h>

namespace dorascope::lab::testing {
namespace {

namespace option = wire::option;

/// Every octet and instant of a run.
std::vector<std::byte> recording_of(std::string_view name, std::uint64_t seed, Duration length, double loss)
{
    auto made = scenario(name).value();
    made.lan.loss = loss;
    Lab lab{std::move(made), seed};
    std::vector<std::byte> all;
    lab.on_frame([&](Instant at, std::span<const std::byte> frame) {
        const auto stamp = at.time_since_epoch().count();
        const auto bytes = std::as_bytes(std::span{&stamp, 1});
        all.insert(all.end(), bytes.begin(), bytes.end());
        all.insert(all.end(), frame.begin(), frame.end());
    });
    lab.run_until(lab.now() + length);
    return all;
}

class EveryScenario : public ::testing::TestWithParam<ScenarioRow> { };

TEST_P(EveryScenario, SameSeedSameFramesToTheLastBit)
{
    const auto first = recording_of(GetParam().name, 42, 10min, 0.1);
    EXPECT_GT(first.size(), 1000U);
    EXPECT_EQ(first, recording_of(GetParam().name, 42, 10min, 0.1));
    EXPECT_NE(first, recording_of(GetParam().name, 43, 10min, 0.1));
}

TEST_P(EveryScenario, IsDescribedAndBegins)
{
    const auto made = scenario(GetParam().name).value();
    EXPECT_EQ(made.name, GetParam().name);
    EXPECT_EQ(made.title, GetParam().title);
    EXPECT_GT(made.description.size(), 40U);
    EXPECT_GT(made.length, 1s);
    EXPECT_EQ(made.start, Instant{std::chrono::seconds{1767614400}});
    EXPECT_EQ(server::validate(made.server.config).size(), 0U);
    Lab lab{made};
    Watch watch{lab};
    lab.run_until(made.start + made.length);
    EXPECT_EQ(watch.holders.doubles(), 0U);
    for (const ClientView& view : lab.clients())
        EXPECT_FALSE(watch.letters(view.mac).empty()) << view.name;
}

TEST_P(EveryScenario, StepByStepIsTheSameAsAtOnce)
{
    Lab stepped{scenario(GetParam().name).value()}, at_once{scenario(GetParam().name).value()};
    Watch a{stepped}, b{at_once};
    const Instant until = stepped.now() + 65s;
    std::size_t steps = 0;
    for (; stepped.next_event() && *stepped.next_event() <= until; ++steps)
        EXPECT_TRUE(stepped.step());
    EXPECT_EQ(at_once.run_until(until), steps);
    EXPECT_EQ(a.letters(), b.letters());
    EXPECT_EQ(a.decisions.size(), b.decisions.size());
}

INSTANTIATE_TEST_SUITE_P(BuiltIn, EveryScenario, ::testing::ValuesIn(scenarios().begin(), scenarios().end()),
                         [](const auto& row) {
                             std::string name{row.param.name};
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

TEST(Scenarios, AnUnknownNameIsNothing) { EXPECT_FALSE(scenario("no-such-thing")); }

class ThreeClients : public ::testing::TestWithParam<std::uint64_t> { };

TEST_P(ThreeClients, GetConsecutiveAddressesWithAllTheyNeedByBroadcast)
{
    Lab lab{scenario("three-clients").value(), GetParam()};
    Watch watch{lab};
    const Instant start = lab.now();
    lab.run_until(start + 10s);
    EXPECT_EQ(watch.letters(), "DDDOOORRRAAA");

    const auto clients = lab.clients();
    ASSERT_EQ(clients.size(), 3U);
    const std::string_view names[] = {"Laptop A", "Smartphone B", "Laptop C"};
    for (std::uint32_t i = 0; i < 3; ++i) {
        EXPECT_EQ(clients[i].name, names[i]);
        EXPECT_EQ(clients[i].state, ClientState::bound);
        EXPECT_EQ(clients[i].address, address("192.168.1.100") + i);
        const ClientLease& lease = *lab.client(clients[i].mac)->lease();
        EXPECT_EQ(lease.mask, address("255.255.255.0"));
        EXPECT_THAT(lease.routers, ::testing::ElementsAre(address("192.168.1.1")));
        EXPECT_THAT(lease.dns_servers, ::testing::ElementsAre(address("192.168.1.1"), address("9.9.9.9")));
        EXPECT_EQ(watch.letters(clients[i].mac), "DORA");
    }
    for (const Seen& seen : watch.frames) {
        EXPECT_TRUE(seen.broadcast());
        EXPECT_TRUE(seen.message.broadcast());
        if (seen.message.op != 2) continue;
        EXPECT_EQ(seen.source, address("192.168.1.1"));
        EXPECT_EQ(seen.message.options.u32(option::lease_time), 3600U);
        EXPECT_EQ(seen.message.options.u32(option::renewal_time), 1800U);
        EXPECT_EQ(seen.message.options.u32(option::rebinding_time), 3150U);
    }
    // The ladder of the picture: two to three milliseconds from the first DISCOVER to the last ACK.
    EXPECT_GT(watch.last().at - start, 2ms);
    EXPECT_LT(watch.last().at - start, 3ms);
}
INSTANTIATE_TEST_SUITE_P(Seeds, ThreeClients, ::testing::Values(1, 2, 3, 4, 5, 77, 1'000'000'007),
                         ::testing::PrintToStringParamName());

TEST(ThreeClientsDecisions, EachMessageHasOneAndItComesBeforeTheReply)
{
    Lab lab{scenario("three-clients").value()};
    std::string order;
    lab.on_frame([&](Instant, std::span<const std::byte> frame) { order += letter(take_apart({}, frame).type()); });
    lab.on_decision([&](const Decision& decision) { order += decision.reply == MessageType::offer ? 'o' : 'a'; });
    lab.run_until(lab.now() + 1s);
    EXPECT_EQ(std::ranges::count(order, 'o'), 3);
    EXPECT_EQ(std::ranges::count(order, 'a'), 3);
    EXPECT_LT(order.find('o'), order.find('O'));
    EXPECT_LT(order.find('a'), order.find('A'));
    EXPECT_GT(order.find('o'), order.find('D'));
}

TEST(Office, FillsWithinAMinuteAndStaysServed)
{
    Lab lab{scenario("office").value()};
    Watch watch{lab};
    const Instant start = lab.now();
    EXPECT_EQ(lab.clients().size(), 64U);
    lab.run_until(start + 30s);
    EXPECT_GT(watch.holders.held(), 20U);
    EXPECT_LT(watch.holders.held(), 44U);
    lab.run_until(start + 65s);
    EXPECT_EQ(watch.holders.held(), 64U);
    EXPECT_EQ(lab.server().pool_use()[0].bound, 64U);
}

TEST(Office, PeopleRenewLeaveVanishAndReturn)
{
    Lab lab{scenario("office").value()};
    Watch watch{lab};
    lab.run_until(lab.now() + 2h);
    std::map<StepCode, int> steps;
    for (const Decision& decision : watch.decisions)
        for (const DecisionStep& step : decision.steps)
            ++steps[step.code];
    EXPECT_GT(steps[StepCode::request_renewing], 300);
    EXPECT_GT(steps[StepCode::request_init_reboot], 30);
    EXPECT_GT(steps[StepCode::released], 10);
    EXPECT_GT(steps[StepCode::lease_expired], 10);
    EXPECT_EQ(steps[StepCode::malformed], 0);
    EXPECT_EQ(steps[StepCode::pool_exhausted], 0);
    EXPECT_THAT(watch.letters(), ::testing::Not(::testing::HasSubstr("?")));
}

TEST(Office, VendorsHostNamesAndAddressesAreAllDifferentWhereTheyMustBe)
{
    std::set<MacAddress> macs;
    std::set<std::string> names, vendors;
    const Scenario made = scenario("office").value();
    for (const ClientSpec& spec : made.clients) {
        macs.insert(spec.mac);
        names.insert(spec.name);
        vendors.insert(spec.vendor_class);
        EXPECT_FALSE(spec.mac.is_multicast()) << spec.name;
    }
    EXPECT_EQ(macs.size(), 64U);
    EXPECT_EQ(names.size(), 64U);
    EXPECT_GT(vendors.size(), 6U);
}

TEST(Rogue, SomeClientsEndUpBehindTheWrongGateway)
{
    std::size_t right = 0, wrong = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Lab lab{scenario("rogue").value(), seed};
        Watch watch{lab};
        lab.run_until(lab.now() + 30s);
        ASSERT_NE(lab.rogue(), nullptr);
        for (const ClientView& view : lab.clients()) {
            ASSERT_EQ(view.state, ClientState::bound) << view.name;
            const ClientLease& lease = *lab.client(view.mac)->lease();
            const bool by_rogue = lease.server == address("192.168.1.66");
            EXPECT_EQ(lease.routers.front(), lease.server);
            EXPECT_EQ(Ipv4Range::parse("192.168.1.20-192.168.1.60")->contains(view.address), by_rogue);
            ++(by_rogue ? wrong : right);
            EXPECT_EQ(std::ranges::count(watch.letters(view.mac), 'O'), 2) << view.name; // both answered
        }
        EXPECT_EQ(watch.holders.doubles(), 0U);
    }
    EXPECT_GT(right, 10U);
    EXPECT_GT(wrong, 10U);
}

TEST(Rogue, TheLoserOfARaceFreesTheAddressItHeld)
{
    Lab lab{scenario("rogue").value()};
    lab.run_until(lab.now() + 10s);
    std::size_t bound = 0;
    for (const server::DhcpServer* server : {&lab.server(), lab.rogue()}) {
        EXPECT_EQ(server->pool_use()[0].offered, 0U); // §4.3.2: a REQUEST naming the other declines our offer
        bound += server->pool_use()[0].bound;
    }
    EXPECT_EQ(bound, lab.clients().size());
}

bool has(const Decision& decision, StepCode code)
{
    return std::ranges::find(decision.steps, code, &DecisionStep::code) != decision.steps.end();
}

// RFC 2131 §2.2, RFC 5227 §2.1.1.
TEST(Conflict, TheServersProbeFindsTheStaticHostAndTheNextAddressIsOfferedWithinTheSameDiscover)
{
    Lab lab{scenario("conflict").value()};
    Watch watch{lab};
    const Instant start = lab.now();
    const MacAddress laptop = lab.scenario().clients[0].mac, server = lab.scenario().server.mac;
    lab.run_until(start + 3s);
    EXPECT_EQ(watch.letters(laptop), "DORA") << "one DISCOVER";
    ASSERT_GE(watch.arps.size(), 3U);
    EXPECT_EQ(watch.arps[0].operation, 1);
    EXPECT_EQ(watch.arps[0].sender_mac, server);
    EXPECT_EQ(watch.arps[0].sender, kAnyAddress);
    EXPECT_EQ(watch.arps[0].target, address("192.168.1.100"));
    EXPECT_EQ(watch.arps[1].operation, 2);
    EXPECT_EQ(watch.arps[1].sender, address("192.168.1.100"));
    EXPECT_EQ(watch.arps[1].sender_mac, lab.scenario().hosts[0].mac);
    EXPECT_EQ(watch.arps[2].sender_mac, server);
    EXPECT_EQ(watch.arps[2].target, address("192.168.1.101"));

    const auto lease = lab.server().lease(address("192.168.1.100"));
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->state, server::LeaseState::conflict);
    EXPECT_EQ(lease->hardware.mac(), lab.scenario().hosts[0].mac) << "who has it";
    EXPECT_TRUE(std::ranges::any_of(watch.decisions, [](const Decision& d) { return has(d, StepCode::probe_answered); }));

    lab.run_until(start + 30s);
    EXPECT_EQ(std::ranges::count(watch.letters(), 'X'), 0) << "nobody has to decline";
    EXPECT_EQ(lab.client(laptop)->address(), address("192.168.1.101"));
    for (const ClientView& view : lab.clients()) {
        EXPECT_EQ(view.state, ClientState::bound) << view.name;
        EXPECT_NE(view.address, address("192.168.1.100")) << view.name;
    }
}

Scenario conflict_without_server_probes()
{
    auto made = scenario("conflict").value();
    made.server.config.probe.enabled = false;
    return made;
}

TEST(Conflict, AnAddressInUseIsDeclinedAndSetAside)
{
    Lab lab{conflict_without_server_probes()};
    Watch watch{lab};
    const Instant start = lab.now();
    const MacAddress laptop = lab.scenario().clients[0].mac;
    lab.run_until(start + 1s);
    EXPECT_EQ(watch.letters(laptop), "DORAX");
    ASSERT_EQ(watch.arps.size(), 2U);
    EXPECT_EQ(watch.arps[0].operation, 1);
    EXPECT_EQ(watch.arps[0].sender, kAnyAddress);
    EXPECT_EQ(watch.arps[0].target, address("192.168.1.100"));
    EXPECT_EQ(watch.arps[1].operation, 2);
    EXPECT_EQ(watch.arps[1].sender, address("192.168.1.100"));
    EXPECT_EQ(watch.arps[1].sender_mac, lab.scenario().hosts[0].mac);
    EXPECT_EQ(lab.server().lease(address("192.168.1.100"))->state, server::LeaseState::declined);
    EXPECT_EQ(lab.client(laptop)->address(), kAnyAddress);

    lab.run_until(start + 30s);
    EXPECT_EQ(watch.letters(laptop), "DORAXDORA");
    for (const ClientView& view : lab.clients()) {
        EXPECT_EQ(view.state, ClientState::bound) << view.name;
        EXPECT_NE(view.address, address("192.168.1.100")) << view.name;
    }
    EXPECT_EQ(std::ranges::count(watch.letters(), 'X'), 1);
}

TEST(Conflict, WhoDoesNotProbeTakesIt)
{
    auto made = conflict_without_server_probes();
    for (ClientSpec& spec : made.clients)
        spec.probes = false;
    Lab lab{std::move(made)};
    lab.run_until(lab.now() + 1s);
    EXPECT_EQ(lab.clients()[0].address, address("192.168.1.100"));
}

// A laptop serves beside the router of the house, and leaves everybody to that.
TEST(Polite, LeavesClientsToTheServerThatAnswersThem)
{
    auto made = scenario("rogue").value();
    made.server.config.authority = server::Authority::polite;
    Lab lab{std::move(made)};
    Watch watch{lab};
    lab.run_until(lab.now() + 30s);
    for (const ClientView& view : lab.clients()) {
        ASSERT_EQ(view.state, ClientState::bound) << view.name;
        EXPECT_EQ(lab.client(view.mac)->lease()->server, address("192.168.1.66")) << view.name;
        EXPECT_EQ(watch.letters(view.mac), "DORA") << view.name << ": one OFFER";
    }
    EXPECT_EQ(lab.server().pool_use()[0].offered, 0U);
}

TEST(Polite, AnswersWhenNobodyElseDoes)
{
    auto made = scenario("three-clients").value();
    made.server.config.authority = server::Authority::polite;
    Lab lab{std::move(made)};
    Watch watch{lab};
    lab.run_until(lab.now() + 900ms);
    EXPECT_EQ(watch.letters(), "DDD") << "others have their time";
    lab.run_until(lab.now() + 10s);
    for (const ClientView& view : lab.clients())
        EXPECT_EQ(view.state, ClientState::bound) << view.name;
}

} // namespace
} // namespace dorascope::lab::testing
