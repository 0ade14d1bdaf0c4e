// SPDX-License-Identifier: GPL-3.0-or-later
// What the budgets promise: a warm server allocates nothing for clients that it knows, and a lease stays small.
#include "tests/server/conversation.h"
#include "tests/support/allocations.h"

#include <functional>
#include <gtest/gtest.h>

namespace dorascope::server {
namespace {

/// Payloads made beforehand, so that only the server's own allocations are counted.
struct Script {
    std::vector<wire::Buffer> payloads;
    void add(const wire::Message& m)
    {
        payloads.emplace_back();
        wire::emit(m, {}, payloads.back());
    }
    /// The server hears it all, from that many network cards in turn; 0: which one is not known.
    void play(Conversation& talk, std::uint8_t cards = 0) const
    {
        for (std::size_t i = 0; i < payloads.size(); ++i) {
            Inbound inbound;
            inbound.payload = payloads[i];
            inbound.local = talk.local;
            inbound.destination = kBroadcastAddress;
            if (cards > 0) inbound.source_mac = {{2, 1, 0, 0, 0, static_cast<std::uint8_t>(i % cards)}};
            talk.server.receive(talk.now, inbound, talk.out);
        }
    }
};

/// Twenty rounds, once the server has had twenty to become warm; what a round gives is how many messages it was answered with.
struct Warm {
    std::size_t allocations = 0, replies = 0;
};
Warm twenty_rounds(const std::function<std::size_t()>& round)
{
    Warm warm;
    for (int i = 0; i < 20; ++i)
        round();
    warm.allocations = test::allocations_of([&] {
        for (int i = 0; i < 20; ++i)
            warm.replies += round();
    });
    return warm;
}

Script a_day_of(Conversation& talk, std::uint32_t number)
{
    Station s = talk.client(number);
    const auto named = [](wire::Message m) {
        m.options.set_text(wire::option::host_name, "laptop-00001");
        m.options.set_text(wire::option::vendor_class_identifier, "MSFT 5.0");
        return m;
    };
    Script script;
    const auto mine = s.discover().yiaddr();
    script.add(named(s.message(MessageType::discover)));
    auto select = named(s.message(MessageType::request));
    select.options.set_address(wire::option::requested_address, mine);
    select.options.set_address(wire::option::server_identifier, talk.local);
    script.add(select);
    auto renew = named(s.message(MessageType::request));
    renew.ciaddr = mine;
    script.add(renew);
    auto refused = named(s.message(MessageType::request));
    refused.options.set_address(wire::option::requested_address, address("10.9.9.9"));
    script.add(refused);
    auto release = s.message(MessageType::release);
    release.ciaddr = mine;
    script.add(release);
    return script;
}

TEST(SteadyState, AllocatesNothingForClientsItKnows)
{
    Conversation talk;
    std::vector<Script> scripts;
    for (std::uint32_t i = 1; i <= 50; ++i)
        scripts.push_back(a_day_of(talk, i));
    const auto round = [&] {
        talk.out.clear();
        for (const Script& script : scripts)
            script.play(talk);
        const auto replies = talk.out.transmits().size();
        talk.now += 5s;
        talk.out.clear();
        talk.server.advance(talk.now, talk.out);
        return replies;
    };
    const auto warm = twenty_rounds(round);
    EXPECT_EQ(warm.allocations, 0U);
    EXPECT_EQ(warm.replies, 20U * 50U * 4U) << "OFFER, ACK, ACK, NAK";
}

/// Clients that come, wait for a probe or for other servers, and go elsewhere; and floods.
TEST(SteadyState, AllocatesNothingForWhatWaitsNorForWhatIsDropped)
{
    Config config = office();
    config.probe = {true, 2, 100ms};
    config.authority = Authority::polite;
    config.polite_delay = 150ms;
    config.limits = {.client_per_second = 4, .total_per_second = 200, .offers_per_mac = 4};
    Conversation talk{config};
    Script discovers, elsewhere;
    for (std::uint32_t i = 1; i <= 40; ++i) {
        Station s = talk.client(i);
        discovers.add(s.message(MessageType::discover));
        auto other = s.message(MessageType::request);
        other.options.set_address(wire::option::requested_address, address("192.168.1.77"));
        other.options.set_address(wire::option::server_identifier, address("192.168.1.9"));
        elsewhere.add(other);
    }
    const auto round = [&] {
        talk.out.clear();
        for (int again = 0; again < 10; ++again)
            discovers.play(talk, 20);
        for (auto due = talk.server.next_deadline(); due && *due <= talk.now + 1s; due = talk.server.next_deadline()) {
            talk.now = std::max(talk.now, *due);
            talk.server.advance(talk.now, talk.out);
        }
        const auto offers = talk.out.transmits().size();
        talk.now += 1s;
        elsewhere.play(talk, 20);
        talk.now += 5s;
        return offers;
    };
    const auto warm = twenty_rounds(round);
    EXPECT_EQ(warm.allocations, 0U);
    EXPECT_EQ(warm.replies, 20U * 40U) << "offers";
    EXPECT_GT(talk.server.count(StepCode::client_rate_exceeded), 0U);
}

/// Classes, a reservation's own options, a relay that says much, a name for the DNS: laid over the common options without a copy.
TEST(SteadyState, AllocatesNothingForClientsWithTermsOfTheirOwn)
{
    Config config = office();
    config.options.domain_name = "lab.example";
    config.classes.resize(2);
    config.classes[0].name = "phones";
    config.classes[0].tests = {{ClassTest::Subject::option, wire::option::vendor_class_identifier, octets({'p'}), true, {}}};
    config.classes[0].options.extra = {{150, octets({192, 168, 1, 3}), true}};
    config.classes[1].name = "behind the switch";
    config.classes[1].tests = {{ClassTest::Subject::remote_id, 0, octets({'s'}), true, {}}};
    config.classes[1].options.boot_file = "a-boot-file-whose-name-is-long";
    config.subnets[0].reservations = {{address("192.168.1.9"), HardwareAddress::of(mac(1)), {}, "printer-of-the-first-floor"}};
    config.subnets[0].reservations[0].options.extra = {{125, octets({0, 0, 0, 9, 3, 1, 1, 'a'})}};
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20"));
    config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    Conversation talk{config};
    Station s = talk.client(1);
    s.giaddr = address("192.168.1.254");
    const auto with_much = [](wire::Message m) {
        m.options.set(wire::option::parameter_request_list, octets({1, 3, 6, 12, 15, 66, 67, 119, 121, 125, 150}));
        m.options.set_text(wire::option::vendor_class_identifier, "phone 7");
        m.options.set(124, octets({0, 0, 0, 9, 0}));
        m.options.set(wire::option::client_fqdn, octets({5, 0, 0, 2, 'p', 'c'}));
        m.options.set(wire::option::relay_agent_information, octets({1, 2, 'p', '1', 2, 2, 's', '1', 5, 4, 192, 168, 1, 0}));
        return m;
    };
    Script script;
    script.add(with_much(s.message(MessageType::discover)));
    auto select = with_much(s.message(MessageType::request));
    select.options.set_address(wire::option::requested_address, address("192.168.1.9"));
    select.options.set_address(wire::option::server_identifier, talk.local);
    script.add(select);
    const auto round = [&] {
        talk.out.clear();
        script.play(talk);
        talk.now += 5s;
        return talk.out.transmits().size();
    };
    const auto warm = twenty_rounds(round);
    EXPECT_EQ(warm.allocations, 0U);
    EXPECT_EQ(warm.replies, 40U);
}

TEST(SteadyState, ALeaseTakesAtMost160Octets)
{
    Conversation talk{config_of(subnet("10.0.0.0/8", "10.0.0.10-10.0.78.41"))}; // 20 000 addresses
    talk.local = address("10.0.0.2");
    for (std::uint32_t i = 0; i < 19'000; ++i) {
        talk.client(i).dora([](wire::Message& m) {
            m.options.set_text(wire::option::host_name, "laptop-00001");
            m.options.set_text(wire::option::vendor_class_identifier, "MSFT 5.0");
        });
    }
    ASSERT_EQ(talk.server.lease_count(), 19'000U);
    EXPECT_LE(talk.server.memory_used() / talk.server.lease_count(), 160U);
}

TEST(SteadyState, AnUnleasedAddressTakesAtMostTwoBits)
{
    Conversation small{config_of(subnet("10.0.0.0/8", "10.1.0.0-10.1.0.255"))};
    Conversation large{config_of(subnet("10.0.0.0/8", "10.1.0.0-10.200.255.255"))};
    const auto more = large.server.memory_used() - small.server.memory_used();
    EXPECT_LE(more * 8, 2 * (large.use().size - small.use().size));
}

} // namespace
} // namespace dorascope::server
