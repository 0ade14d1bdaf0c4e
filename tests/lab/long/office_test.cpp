// SPDX-License-Identifier: GPL-3.0-or-later
// Ten thousand hours of an office on a bad wire. At no instant do two clients hold one address.
#include "engine/lab/lab.h"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace dorascope::lab {
namespace {

using namespace std::chrono_literals;

/// Who uses which address of 192.168.1.0/24, kept from the changes alone, so that checking after every event costs nothing.
class Ledger {
public:
    void change(Instant at, const MacAddress& client, Ipv4Address address, bool holds)
    {
        ++changes_;
        MacAddress& holder = holders_[address.value & 0xff];
        if (address.value >> 8 != kNetwork) {
            ADD_FAILURE() << address.to_string() << " is on no subnet of this LAN";
        } else if (!holds) {
            EXPECT_EQ(holder, client);
            holder = {};
        } else {
            EXPECT_TRUE(holder.is_zero()) << address.to_string() << " is used by " << holder.to_string() << " and "
                                          << client.to_string() << ", " << at.time_since_epoch().count() << " ns";
            holder = client;
        }
    }
    /// The whole table against what every client says of itself.
    void audit(const Lab& lab) const
    {
        std::array<MacAddress, 256> held{};
        for (const ClientView& view : lab.clients()) {
            if (view.address.is_unspecified()) continue;
            MacAddress& holder = held[view.address.value & 0xff];
            EXPECT_TRUE(holder.is_zero()) << view.name;
            EXPECT_GT(view.expires, lab.now()) << view.name << " believes in a lease that is over";
            holder = view.mac;
            const auto lease = lab.server().lease(view.address);
            ASSERT_TRUE(lease) << view.name << " holds what the server never gave";
            EXPECT_EQ(lease->state, server::LeaseState::bound) << view.name;
            EXPECT_EQ(lease->hardware.mac(), view.mac);
            EXPECT_GE(lease->expires, view.expires) << view.name << " believes longer in its lease than the server";
        }
        EXPECT_EQ(held, holders_);
    }
    std::uint64_t changes() const { return changes_; }

private:
    static constexpr std::uint32_t kNetwork = Ipv4Address::from_octets(192, 168, 1, 0).value >> 8;
    std::array<MacAddress, 256> holders_{};
    std::uint64_t changes_ = 0;
};

/// Ten offices of a thousand hours: as many hours as one of ten thousand, with ten times as many beginnings, and two of them at a time.
class OfficeForALongTime : public ::testing::TestWithParam<std::uint64_t> { };

TEST_P(OfficeForALongTime, NoTwoClientsHoldOneAddress)
{
    constexpr int kHours = 1000;
    auto made = scenario("office").value();
    made.lan.loss = 0.05;
    Lab lab{std::move(made), GetParam()};
    Ledger ledger;
    lab.on_hold([&](Instant at, const MacAddress& client, Ipv4Address address, bool holds) {
        ledger.change(at, client, address, holds);
    });
    std::size_t events = 0;
    for (int hour = 0; hour < kHours && !HasFailure(); ++hour) {
        events += lab.run_until(lab.now() + 1h);
        ledger.audit(lab);
    }
    EXPECT_EQ(lab.now() - lab.scenario().start, kHours * 1h);
    // It was an office, not an empty room.
    EXPECT_GT(lab.counters().frames, 500'000U);
    EXPECT_GT(ledger.changes(), 50'000U);
    const double loss =
        static_cast<double>(lab.counters().lost) / static_cast<double>(lab.counters().lost + lab.counters().delivered);
    EXPECT_NEAR(loss, 0.05, 0.002);
    RecordProperty("events", std::to_string(events));
    RecordProperty("frames", std::to_string(lab.counters().frames));
}

/// The same house with two addresses for three machines and a server that dies every few hours, in the middle of whatever it does:
/// addresses change hands all the time, which in the well-built office they hardly ever need to.
TEST(OfficeTooSmall, NoTwoClientsHoldOneAddress)
{
    auto made = scenario("office").value();
    made.server.config.subnets[0].pools = {Ipv4Range::parse("192.168.1.100-192.168.1.142").value()};
    made.lan.loss = 0.05;
    made.lan.duplication = 0.05;
    made.lan.latency = 20ms;
    made.lan.jitter = 500ms; // frames overtake each other
    for (ClientSpec& spec : made.clients)
        spec.stay = spec.stay.value_or(3h), spec.away = spec.away.value_or(1h);
    Lab lab{std::move(made), 5};
    Ledger ledger;
    std::map<Ipv4Address, std::set<MacAddress>> users;
    lab.on_hold([&](Instant at, const MacAddress& client, Ipv4Address address, bool holds) {
        ledger.change(at, client, address, holds);
        users[address].insert(client);
    });
    Random random{17};
    for (int crash = 0; crash < 100 && !HasFailure(); ++crash) {
        lab.run_until(lab.now() + random.around(5h, 4h));
        for (auto steps = random.next() % 50; steps > 0; --steps)
            lab.step();
        lab.restart_server();
        ledger.audit(lab);
    }
    EXPECT_EQ(users.size(), 43U);
    for (const auto& [address, clients] : users)
        EXPECT_GT(clients.size(), 20U) << address.to_string();
}

/// Five machines with addresses of the pool that were set by hand, a server that asks before it offers and dies now and then: nobody is
/// ever given what another machine has (RFC 2131 §2.2). The wire loses nothing, or a question would now and then go unheard.
TEST(OfficeThatAsks, NobodyIsGivenTheAddressOfAStaticHost)
{
    auto made = scenario("office").value();
    made.server.config.subnets[0].pools = {Ipv4Range::parse("192.168.1.100-192.168.1.147").value()};
    made.server.config.probe.enabled = true;
    made.server.config.decline_quarantine = 1h;
    made.lan.duplication = 0.05;
    std::set<Ipv4Address> by_hand;
    for (std::uint8_t i = 0; i < 5; ++i) {
        const auto address = Ipv4Address::from_octets(192, 168, 1, static_cast<std::uint8_t>(100 + 9 * i));
        made.hosts.push_back({"host", {{0x00, 0x1b, 0xa9, 0, 0, i}}, address});
        by_hand.insert(address);
    }
    for (ClientSpec& spec : made.clients)
        spec.stay = spec.stay.value_or(3h), spec.away = spec.away.value_or(1h);
    Lab lab{std::move(made), 3};
    Ledger ledger;
    std::size_t answered = 0;
    lab.on_hold([&](Instant at, const MacAddress& client, Ipv4Address address, bool holds) {
        ledger.change(at, client, address, holds);
        EXPECT_FALSE(by_hand.contains(address)) << client.to_string() << " uses " << address.to_string();
    });
    lab.on_decision([&](const Decision& decision) {
        for (const DecisionStep& step : decision.steps)
            answered += step.code == StepCode::probe_answered ? 1U : 0U;
    });
    Random random{29};
    for (int crash = 0; crash < 40 && !HasFailure(); ++crash) {
        lab.run_until(lab.now() + random.around(5h, 4h));
        for (auto steps = random.next() % 50; steps > 0; --steps)
            lab.step();
        lab.restart_server();
        ledger.audit(lab);
    }
    EXPECT_GT(ledger.changes(), 1000U);
    EXPECT_GT(answered, 100U) << "found again each time that their quarantine was over";
}

INSTANTIATE_TEST_SUITE_P(Seeds, OfficeForALongTime, ::testing::Range<std::uint64_t>(1, 11), ::testing::PrintToStringParamName());

} // namespace
} // namespace dorascope::lab
