// SPDX-License-Identifier: GPL-3.0-or-later
// The whole host on a wire: what clients get, what is counted, how it ends.
#include "engine/host/host_clock.h"
#include "tests/host/served_cable.h"
#include "tests/support/netd_copy.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <span>
#include <unistd.h>

namespace dorascope::test {
namespace {

using namespace served;

// A machine without a battery for its clock: the file has seen later times than the clock shows.
TEST_F(Host, BehindItsLeaseFileGoesOnFromThereAndSaysSo)
{
    const Instant later = host::HostClock{}.now() + 240h;
    {
        server::LeaseWrite write;
        write.lease.address = address("192.168.77.100");
        write.lease.hardware = {1, 6, {2, 0, 0, 0, 0, 99}};
        write.lease.client = {server::ClientKey::Kind::identifier, {1, 2}};
        write.lease.since = write.lease.renewed = later;
        write.lease.expires = later + 1h;
        auto store = host::LeaseStore::open(folder_ / "leases-srv.sqlite");
        ASSERT_TRUE(store && store->commit({&write, 1}));
    }
    auto opened = ServerHost::open({"srv", config(), folder_.path()});
    ASSERT_TRUE(opened) << opened.error().text();
    std::string said;
    opened->on_notice([&](const host::HostNotice& notice) { said += notice.text; });
    EXPECT_NE(said.find("so that no lease ends early"), std::string::npos) << said;
    EXPECT_GE(opened->now(), later);
    EXPECT_EQ(opened->leases().at(0).state, server::LeaseState::bound);
}

TEST_F(Host, LeasesAnAddressToAClientThatHasNone)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->message.type(), MessageType::offer);
    EXPECT_EQ(offer->from, address("192.168.77.1"));
    EXPECT_EQ(offer->to, offer->message.yiaddr) << "a frame to yiaddr and chaddr, without ARP";
    EXPECT_EQ(offer->to_mac.to_string(), "02:00:00:00:01:01");
    EXPECT_EQ(offer->message.options.address(wire::option::server_identifier), address("192.168.77.1"));
    client.broadcast(client.select(offer->message));
    const auto ack = client.receive();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->message.type(), MessageType::ack);
    EXPECT_EQ(ack->message.yiaddr, offer->message.yiaddr);
    const auto leases = serving.host().leases();
    std::vector<server::Lease> bite;
    EXPECT_EQ(serving.host().leases(0, bite), server::kEndOfLeases);
    EXPECT_EQ(bite, leases) << "the same in one bite";
    ASSERT_EQ(leases.size(), 1U);
    EXPECT_EQ(leases[0].state, LeaseState::bound);
    EXPECT_EQ(serving.host().counters().commits, 1U) << "an offer is not written";
    EXPECT_EQ(serving.host().pool_use()[0].bound, 1U);
    EXPECT_TRUE(serving.end());
}

TEST_F(Host, AnswersTheBroadcastFlagByBroadcast)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    auto discover = client.discover();
    discover.flags = wire::kBroadcastFlag;
    client.broadcast(discover);
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->to, kBroadcastAddress);
    EXPECT_EQ(offer->to_mac, kBroadcastMac);
}

// udhcpc renews through an ordinary UDP socket: between two machines of one kernel its checksum is never filled in.
TEST_F(Host, ServesARealClientThroughItsWholeLife)
{
    Serving serving{folder_.path()};
    write_file(folder_ / "script",
               "#!/bin/sh\n"
               "[ \"$1\" = deconfig ] && ip address flush dev \"$interface\"\n"
               "[ \"$1\" = bound ] && ip address add \"$ip/$mask\" dev \"$interface\"\n"
               "echo \"$1 $ip\" >> "
                   + (folder_ / "log").string() + "\n");
    fs::permissions(folder_ / "script", fs::perms{0755});
    const auto logged = [&](const std::string& event) { return contents(folder_ / "log").find(event) != std::string::npos; };
    std::optional<ChildProcess> udhcpc;
    cable_->on_client([&] {
        udhcpc.emplace(std::vector<std::string>{"udhcpc", "-f", "-i", "cli", "-s", (folder_ / "script").string()});
    });
    ASSERT_TRUE(eventually([&] { return logged("bound 192.168.77.1"); })) << udhcpc->err();
    const auto bound = serving.host().leases();
    ASSERT_EQ(bound.size(), 1U);
    EXPECT_EQ(bound[0].hardware, HardwareAddress::of(cable_->client_mac()));

    udhcpc->send(SIGUSR1);
    ASSERT_TRUE(eventually([&] { return logged("renew 192.168.77.1"); })) << udhcpc->err();
    EXPECT_GT(serving.host().leases()[0].renewed, bound[0].renewed);
    const auto decisions = serving.decisions();
    EXPECT_TRUE(std::any_of(decisions.back().steps.begin(), decisions.back().steps.end(), [](const DecisionStep& s) {
        return s.code == StepCode::request_renewing;
    })) << "by unicast, routed both ways";

    udhcpc->send(SIGUSR2);
    EXPECT_TRUE(eventually([&] { return serving.host().leases()[0].state == LeaseState::released; }));
    EXPECT_EQ(serving.host().counters().bad_frames, 0U);
    EXPECT_EQ(serving.host().counters().send_errors, 0U);
    udhcpc->stop(SIGTERM);
}

TEST_F(Host, DropsAFrameWithAWrongChecksumAndCountsIt)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    auto frame = client.frame_of(client.discover());
    frame[100] ^= std::byte{1};
    client.put(frame);
    ASSERT_TRUE(other.dora()); // the wire keeps its order: the first has been seen by now
    EXPECT_EQ(serving.host().counters().bad_frames, 1U);
    EXPECT_EQ(serving.host().counters().received, 2U);
    EXPECT_FALSE(client.has_reply_waiting());
}

TEST_F(Host, LeavesToOthersWhatIsAddressedToThem)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.put(client.frame_of(client.discover(), address("192.168.77.9")));
    ASSERT_TRUE(other.dora());
    EXPECT_EQ(serving.host().counters().not_for_us, 1U);
    EXPECT_FALSE(client.has_reply_waiting());
}

TEST_F(Host, AnswersOnEveryAddressOfItsOwnAndOnTheSubnetsBroadcast)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    for (const char* to : {"192.168.77.1", "192.168.77.255", "255.255.255.255"}) {
        client.put(client.frame_of(client.discover(), address(to)));
        EXPECT_TRUE(client.receive()) << to;
    }
}

TEST_F(Host, HostileFramesGetADecisionOrACountAndNothingStops)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    const auto good = client.frame_of(client.discover());
    std::vector<wire::Buffer> frames;
    for (std::size_t length = 14; length < good.size(); length += 3)
        frames.emplace_back(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    for (std::size_t at = 14; at < good.size(); ++at) {
        frames.push_back(good);
        frames.back()[at] ^= std::byte{0xff};
    }
    // Some at a time, and then one that is answered: the socket's buffer is never full, so that each of them is looked at.
    const WireClient witness{*cable_, 2};
    for (std::span<const wire::Buffer> rest{frames}; !rest.empty(); rest = rest.subspan(std::min<std::size_t>(rest.size(), 50))) {
        cable_->on_client([&] { send_frames("cli", rest.first(std::min<std::size_t>(rest.size(), 50))); });
        witness.broadcast(witness.discover());
        ASSERT_TRUE(witness.receive());
    }
    EXPECT_EQ(serving.host().counters().kernel_drops, 0U);
    EXPECT_TRUE(client.dora());
}

TEST_F(Host, NoticesThatALeaseHasExpiredWithoutAnyTraffic)
{
    auto brief = config();
    brief.subnets[0].lease_seconds = brief.subnets[0].min_lease_seconds = 1;
    Serving serving{folder_.path(), brief};
    const WireClient client{*cable_, 1};
    ASSERT_TRUE(client.dora());
    EXPECT_TRUE(eventually([&] { return serving.host().leases().at(0).state == LeaseState::expired; }));
    EXPECT_TRUE(eventually([&] { return serving.host().counters().commits == 2; })) << "written, too";
}

// RFC 2131 §2.2, RFC 5227 §2.1.1
TEST_F(Host, AsksBeforeItOffersAndLeavesAnAddressToTheHostThatHasIt)
{
    cable_->on_client([] { Cable::ip("address add 192.168.77.100/24 dev cli"); });
    auto probing = config();
    probing.probe.enabled = true;
    Serving serving{folder_.path(), probing};
    const WireClient client{*cable_, 1};
    const auto ack = client.dora();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->message.yiaddr, address("192.168.77.101"));
    const auto leases = serving.host().leases();
    ASSERT_EQ(leases.size(), 2U);
    EXPECT_EQ(leases[0].address, address("192.168.77.100"));
    EXPECT_EQ(leases[0].state, LeaseState::conflict);
    EXPECT_EQ(leases[0].hardware.mac(), cable_->client_mac()) << "whose it is";
}

TEST_F(Host, CarriesOutAnOrderBetweenTwoBatches)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    const auto ack = client.dora();
    ASSERT_TRUE(ack);
    std::promise<tl::expected<void, HostError>> done;
    serving.host().post([&] {
        done.set_value(serving.host().carry_out([&](Instant now, server::DhcpServer& server, server::Outbox& out) {
            EXPECT_EQ(server.lease_count(), 1U);
            server.advance(now + std::chrono::hours{2}, out); // as if it were then: the lease is over
        }));
    });
    EXPECT_TRUE(done.get_future().get());
    EXPECT_EQ(serving.host().counters().commits, 2U) << "durable when carry_out() returns";
    EXPECT_EQ(serving.host().leases().at(0).state, LeaseState::expired);
}

TEST_F(Host, StopsBeforeItRuns)
{
    auto opened = ServerHost::open({"srv", config(), folder_.path()});
    ASSERT_TRUE(opened) << opened.error().text();
    opened->stop();
    EXPECT_TRUE(opened->run());
}

ServerHost* stopped_by_signal = nullptr;

TEST_F(Host, StopsFromASignalHandler)
{
    auto opened = ServerHost::open({"srv", config(), folder_.path()});
    ASSERT_TRUE(opened) << opened.error().text();
    stopped_by_signal = &*opened;
    const auto before = std::signal(SIGTERM, [](int) { stopped_by_signal->stop(); });
    std::thread sender{[] { ::kill(::getpid(), SIGTERM); }};
    EXPECT_TRUE(opened->run());
    sender.join();
    std::signal(SIGTERM, before);
}

TEST_F(Host, CanBeLookedAtWhileItServes)
{
    Serving serving{folder_.path()};
    std::atomic<bool> done{false};
    std::thread looker{[&] {
        while (!done) {
            EXPECT_LE(serving.host().leases().size(), 5U);
            EXPECT_EQ(serving.host().pool_use().size(), 1U);
            EXPECT_EQ(serving.host().counters().kernel_drops, 0U);
        }
    }};
    for (std::uint8_t i = 1; i <= 5; ++i)
        EXPECT_TRUE(WireClient(*cable_, i).dora());
    done = true;
    looker.join();
}

TEST_F(Host, ServesForAnOrdinaryUser)
{
    const NetdCopy netd;
    const auto client_gets_its_lease = [&] {
        const WireClient client{*cable_, 1};
        const auto ack = client.dora();
        ::exit(ack && ack->message.type() == MessageType::ack ? 0 : 1);
    };
    const auto client = [&] {
        if (!in_child(client_gets_its_lease)) throw std::runtime_error{"the client got no lease"};
    };
    EXPECT_TRUE(as_nobody({client}, [](const auto& turn) {
        const TemporaryFolder state; // nobody's
        Serving serving{state.path()};
        turn();
        const auto leases = serving.host().leases();
        ASSERT_EQ(leases.size(), 1U);
        EXPECT_EQ(leases[0].state, LeaseState::bound);
        EXPECT_TRUE(serving.end());
    }));
}

TEST_F(Host, TwoOnOneInterfaceAreOneTooMany)
{
    Serving serving{folder_.path()};
    const auto second = refusal();
    EXPECT_EQ(second.kind, HostError::Kind::port_taken);
    EXPECT_NE(second.problem.find("process " + std::to_string(::getpid())), std::string::npos) << second.problem;
}

TEST(StateFolder, IsWhereTheSystemKeepsState)
{
    ::unsetenv("XDG_STATE_HOME");
    EXPECT_TRUE(host::default_state_dir().is_absolute());
    EXPECT_EQ(host::default_state_dir() == "/var/lib/dorascope", ::geteuid() == 0);
    ::setenv("XDG_STATE_HOME", "/srv/state", 1);
    EXPECT_EQ(host::default_state_dir(), "/srv/state/dorascope") << "for root too: what was said counts";
    ::setenv("XDG_STATE_HOME", "relative", 1);
    EXPECT_TRUE(host::default_state_dir().is_absolute());
    ::unsetenv("XDG_STATE_HOME");
}

} // namespace
} // namespace dorascope::test
