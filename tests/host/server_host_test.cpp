// SPDX-License-Identifier: GPL-3.0-or-later
// The whole host on a wire: netd, sockets, store, server.
#include "engine/host/host_clock.h"
#include "engine/host/server_host.h"
#include "engine/wire/cursor.h"
#include "tests/host/bad_disk.h"
#include "tests/host/full_disk.h"
#include "tests/host/wire_client.h"
#include "tests/support/cable.h"
#include "tests/support/netd_copy.h"

#include <csignal>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using host::HostError;
using host::ServerHost;
using server::LeaseState;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }

server::Config config()
{
    server::Config made;
    auto& subnet = made.subnets.emplace_back();
    subnet.prefix = Ipv4Prefix::parse("192.168.77.0/24").value();
    subnet.pools = {Ipv4Range::parse("192.168.77.100-192.168.77.120").value()};
    subnet.options.routers = {address("192.168.77.1")};
    return made;
}

/// A host that serves on a thread of its own, and what it said meanwhile.
class Serving {
public:
    Serving(const fs::path& state, server::Config with = config()) : host_{open(state, std::move(with))}
    {
        host_->on_notice([this](const std::string& sentence) {
            const std::lock_guard lock{mutex_};
            notices_.push_back(sentence);
        });
        host_->on_decisions([this](std::span<const Decision> decisions) {
            const std::lock_guard lock{mutex_};
            decisions_.insert(decisions_.end(), decisions.begin(), decisions.end());
        });
        thread_ = std::thread{[this] { ended_ = host_->run(); }};
    }
    ~Serving() { end(); }
    /// What run() returned.
    tl::expected<void, HostError> end()
    {
        host_->stop();
        if (thread_.joinable()) thread_.join();
        return ended_;
    }
    tl::expected<void, HostError> wait()
    {
        thread_.join();
        return ended_;
    }
    ServerHost& host() { return *host_; }
    /// On the serving thread; returns when it is done.
    void between_batches(const std::function<void()>& what)
    {
        std::promise<void> done;
        host_->post([&] {
            what();
            done.set_value();
        });
        done.get_future().wait();
    }
    std::vector<std::string> notices() const
    {
        const std::lock_guard lock{mutex_};
        return notices_;
    }
    std::vector<Decision> decisions() const
    {
        const std::lock_guard lock{mutex_};
        return decisions_;
    }
    bool has_said(const std::string& part) const
    {
        const auto said = notices();
        return std::any_of(said.begin(), said.end(), [&](const std::string& s) { return s.find(part) != std::string::npos; });
    }

private:
    static std::optional<ServerHost> open(const fs::path& state, server::Config with)
    {
        auto opened = ServerHost::open({"srv", std::move(with), state});
        if (!opened) throw std::runtime_error{opened.error().text()};
        return std::move(*opened);
    }
    std::optional<ServerHost> host_;
    mutable std::mutex mutex_;
    std::vector<std::string> notices_;
    std::vector<Decision> decisions_;
    tl::expected<void, HostError> ended_;
    std::thread thread_;
};

class Host : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    HostError refusal(server::Config with = config(), const std::string& interface = "srv") const
    {
        const auto opened = ServerHost::open({interface, std::move(with), folder_.path()});
        EXPECT_FALSE(opened);
        return opened ? HostError{} : opened.error();
    }
    TemporaryFolder folder_;
    std::optional<Cable> cable_;
};

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
    opened->on_notice([&](const std::string& sentence) { said += sentence; });
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

TEST_F(Host, AnAckThatLeftIsOnDisk)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    const auto ack = client.dora();
    ASSERT_TRUE(ack);
    // Copied as it stands, open and with its log, as a crash would leave it.
    const fs::path crashed = folder_ / "crashed";
    fs::create_directory(crashed);
    for (const char* suffix : {"", "-wal"})
        fs::copy_file(folder_ / (std::string{"leases-srv.sqlite"} + suffix),
                      crashed / (std::string{"leases-srv.sqlite"} + suffix));
    const auto store = host::LeaseStore::open(crashed / "leases-srv.sqlite");
    ASSERT_TRUE(store);
    const auto leases = store->load();
    ASSERT_TRUE(leases);
    ASSERT_EQ(leases->size(), 1U);
    EXPECT_EQ(leases->front().address, ack->message.yiaddr);
}

TEST_F(Host, KnowsItsLeasesAfterARestart)
{
    const WireClient first{*cable_, 1}, second{*cable_, 2};
    Ipv4Address had;
    {
        Serving serving{folder_.path()};
        const auto ack = first.dora();
        ASSERT_TRUE(ack);
        had = ack->message.yiaddr;
    }
    Serving serving{folder_.path()};
    first.broadcast(first.init_reboot(had));
    const auto again = first.receive();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->message.type(), MessageType::ack);
    EXPECT_EQ(again->message.yiaddr, had);
    const auto other = second.dora();
    ASSERT_TRUE(other);
    EXPECT_NE(other->message.yiaddr, had);
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

// RFC 2131 §4.3.1: the subnet is that of the interface, which may have addresses in several.
TEST_F(Host, ServesTheSubnetsOfAllAddressesOfItsInterface)
{
    Cable::ip("address add 172.16.9.1/24 dev srv");
    auto with = config();
    auto& first = with.subnets.front();
    first.pools = {Ipv4Range{address("192.168.77.100"), address("192.168.77.100")}};
    first.shared_network = "cable";
    auto& second = with.subnets.emplace_back();
    second.prefix = *Ipv4Prefix::parse("172.16.9.0/24");
    second.pools = {Ipv4Range{address("172.16.9.10"), address("172.16.9.19")}};
    second.shared_network = "cable";
    const Serving serving{folder_.path(), with};
    const auto one = WireClient{*cable_, 1}.dora();
    const auto other = WireClient{*cable_, 2}.dora();
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->message.options.address(wire::option::server_identifier), address("192.168.77.1"));
    EXPECT_EQ(other->message.yiaddr, address("172.16.9.10"));
    EXPECT_EQ(other->message.options.address(wire::option::server_identifier), address("172.16.9.1"));
    EXPECT_EQ(other->from, address("172.16.9.1"));
}

TEST_F(Host, AnAddressThatItsInterfaceNoLongerHasIsLeased)
{
    Cable::ip("address add 192.168.77.100/24 dev srv");
    auto with = config();
    with.subnets.front().pools = {Ipv4Range{address("192.168.77.100"), address("192.168.77.100")}};
    const Serving serving{folder_.path(), with};
    const WireClient client{*cable_, 1};
    client.broadcast(client.discover());
    ASSERT_TRUE(eventually([&] { return !serving.decisions().empty(); }));
    EXPECT_EQ(serving.decisions().front().outcome, Outcome::silent);
    Cable::ip("address del 192.168.77.100/24 dev srv");
    std::optional<Reply> ack;
    ASSERT_TRUE(eventually([&] { return (ack = client.dora()).has_value(); }));
    EXPECT_EQ(ack->message.yiaddr, address("192.168.77.100"));
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

TEST_F(Host, AnswersNobodyWhileTheDiskIsFullAndEverybodyAfterwards)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    {
        const FullDisk full{1};
        client.broadcast(client.select(offer->message));
        ASSERT_TRUE(eventually([&] { return serving.host().counters().store_failures == 1; }));
        ASSERT_TRUE(eventually([&] { return serving.decisions().size() == 2; }));
    }
    EXPECT_FALSE(client.has_reply_waiting()) << "no ACK without its lease on disk";
    const auto refused = serving.decisions().back();
    EXPECT_EQ(refused.outcome, Outcome::silent);
    EXPECT_EQ(refused.steps.back().code, StepCode::storage_failed);
    EXPECT_TRUE(serving.has_said("leases-srv.sqlite"));
    EXPECT_NE(serving.host().leases().at(0).state, LeaseState::bound) << "rolled back";

    client.broadcast(client.select(offer->message));
    const auto ack = client.receive();
    ASSERT_TRUE(ack) << "the client asks again, and the disk is well";
    EXPECT_EQ(ack->message.type(), MessageType::ack);
    EXPECT_EQ(ack->message.yiaddr, offer->message.yiaddr);
    EXPECT_EQ(serving.host().counters().commits, 1U);
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

/// A relay (RFC 1542) on the client's machine: 192.168.77.2, in front of 10.99.0.0/24.
class RelaySocket {
public:
    explicit RelaySocket(const Cable& cable)
    {
        cable.on_client([&] {
            Cable::ip("address add 192.168.77.2/24 dev cli");
            Cable::ip("address add 10.99.0.1/24 dev cli");
            socket_ = host::Descriptor{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
            sockaddr_in here{};
            here.sin_family = AF_INET;
            here.sin_port = htons(67);
            EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
        });
        Cable::ip("route add 10.99.0.0/24 via 192.168.77.2");
    }
    void forward(wire::Message message) const
    {
        message.giaddr = address("10.99.0.1");
        message.hops = 1;
        wire::Buffer payload;
        wire::emit(message, {}, payload);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(67);
        to.sin_addr.s_addr = htonl(address("192.168.77.1").value);
        EXPECT_EQ(::sendto(socket_.get(), payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  static_cast<ssize_t>(payload.size()));
    }
    std::optional<wire::Message> receive() const
    {
        pollfd ready{socket_.get(), POLLIN, 0};
        if (::poll(&ready, 1, 60000) <= 0) return std::nullopt;
        wire::Buffer payload(2048);
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const ssize_t got =
            ::recvfrom(socket_.get(), payload.data(), payload.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
        EXPECT_EQ(ntohs(from.sin_port), 67);
        EXPECT_EQ(Ipv4Address{ntohl(from.sin_addr.s_addr)}, address("192.168.77.1"));
        payload.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        const auto message = wire::parse(payload);
        return message ? std::optional{*message} : std::nullopt;
    }

private:
    host::Descriptor socket_;
};

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

TEST_F(Host, ServesASubnetBehindARelay)
{
    auto two = config();
    auto& behind = two.subnets.emplace_back();
    behind.prefix = Ipv4Prefix::parse("10.99.0.0/24").value();
    behind.pools = {Ipv4Range::parse("10.99.0.50-10.99.0.60").value()};
    Serving serving{folder_.path(), two};
    const RelaySocket relay{*cable_};
    const WireClient client{*cable_, 1};
    relay.forward(client.discover());
    const auto offer = relay.receive();
    ASSERT_TRUE(offer);
    EXPECT_TRUE(behind.pools[0].contains(offer->yiaddr)) << offer->yiaddr.to_string();
    relay.forward(client.select(*offer));
    const auto ack = relay.receive();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->type(), MessageType::ack);
    EXPECT_EQ(ack->giaddr, address("10.99.0.1"));
}

TEST_F(Host, SaysWhenItsInterfaceIsDownAndGoesOnWhenItIsUpAgain)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    ASSERT_TRUE(client.dora());
    Cable::ip("link set srv down");
    EXPECT_TRUE(eventually([&] { return serving.has_said("Interface srv is down"); }));
    Cable::ip("link set srv up");
    EXPECT_TRUE(eventually([&] { return serving.has_said("Interface srv is up again"); }));
    cable_->on_client([] { Cable::ip("link set cli up"); });
    const WireClient other{*cable_, 2};
    const auto offer = eventually([&] {
        other.broadcast(other.discover()); // a link that has just come up loses frames
        return other.has_reply_waiting();
    });
    EXPECT_TRUE(offer);
}

TEST_F(Host, EndsWhenItsInterfaceIsGone)
{
    Serving serving{folder_.path()};
    Cable::ip("link delete srv");
    const auto ended = serving.wait();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, HostError::Kind::no_such_interface);
    EXPECT_EQ(ended.error().problem, "Interface srv is gone.");
}

TEST_F(Host, FollowsTheAddressOfItsInterface)
{
    Serving serving{folder_.path()};
    Cable::ip("address delete 192.168.77.1/24 dev srv");
    EXPECT_TRUE(eventually([&] { return serving.has_said("has lost its IPv4 address"); }));
    Cable::ip("address add 192.168.77.3/24 dev srv");
    EXPECT_TRUE(eventually([&] { return serving.has_said("has an IPv4 address again"); }));
    const WireClient client{*cable_, 1};
    const auto ack = client.dora();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->message.options.address(wire::option::server_identifier), address("192.168.77.3"));
}

TEST_F(Host, CountsTheRequestsThatComeWhileItHasNoAddress)
{
    Serving serving{folder_.path()};
    Cable::ip("address delete 192.168.77.1/24 dev srv");
    ASSERT_TRUE(eventually([&] { return serving.has_said("has lost its IPv4 address"); }));
    const WireClient client{*cable_, 1};
    client.broadcast(client.discover());
    EXPECT_TRUE(eventually([&] { return serving.host().counters().no_address == 1; }));
    EXPECT_EQ(serving.host().counters().received, 0U);
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

TEST_F(Host, SaysOnceWhenTheDiskFailsAndOnceWhenItIsWell)
{
    BadDisk disk;
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1}, other{*cable_, 2};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer);
    serving.between_batches([&] { disk.have(BadDisk::Trouble::sync_fails); });
    for (int again = 0; again < 3; ++again)
        client.broadcast(client.select(offer->message));
    other.broadcast(other.discover());
    EXPECT_TRUE(other.receive()) << "an offer needs no disk";
    EXPECT_FALSE(client.has_reply_waiting());
    const auto failures = serving.host().counters().store_failures;
    EXPECT_GE(failures, 1U);
    ASSERT_EQ(serving.notices().size(), 1U);
    EXPECT_NE(serving.notices()[0].find("leases-srv.sqlite cannot be read or written"), std::string::npos)
        << serving.notices()[0];
    const auto refused = serving.decisions();
    EXPECT_EQ(std::ranges::count_if(refused,
                                    [](const Decision& d) {
                                        return !d.steps.empty() && d.steps.back().code == StepCode::storage_failed
                                            && d.outcome == Outcome::silent;
                                    }),
              3);
    serving.between_batches([&] { disk.have(BadDisk::Trouble::none); });
    client.broadcast(client.select(offer->message));
    const auto ack = client.receive();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->message.type(), MessageType::ack);
    ASSERT_EQ(serving.notices().size(), 2U);
    EXPECT_NE(serving.notices()[1].find("can be written again: serving goes on. " + std::to_string(failures) + " batches"),
              std::string::npos)
        << serving.notices()[1];
}

TEST_F(Host, SaysWhichRelayItsRepliesDoNotReach)
{
    auto two = config();
    auto& behind = two.subnets.emplace_back();
    behind.prefix = Ipv4Prefix::parse("10.99.0.0/24").value();
    behind.pools = {Ipv4Range::parse("10.99.0.50-10.99.0.60").value()};
    Serving serving{folder_.path(), two};
    const WireClient client{*cable_, 1};
    auto discover = client.discover();
    discover.giaddr = address("10.99.0.1");
    client.broadcast(discover);
    EXPECT_TRUE(eventually([&] { return serving.has_said("Replies to 10.99.0.1 leave by srv, but no route leads there"); }));
}

TEST_F(Host, AnOrderThatCannotBeStoredChangesNothing)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    ASSERT_TRUE(client.dora());
    std::promise<tl::expected<void, HostError>> done;
    serving.host().post([&] {
        const FullDisk full{0};
        done.set_value(serving.host().carry_out([&](Instant now, server::DhcpServer& server, server::Outbox& out) {
            server::Inbound release;
            auto message = client.message(MessageType::release);
            message.ciaddr = server.leases().at(0).address;
            message.options.set_address(wire::option::server_identifier, address("192.168.77.1"));
            wire::Buffer payload;
            wire::emit(message, {}, payload);
            release.payload = payload;
            release.local = release.destination = address("192.168.77.1");
            release.source = message.ciaddr;
            server.receive(now, release, out);
            EXPECT_EQ(out.writes().size(), 1U);
        }));
    });
    const auto outcome = done.get_future().get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, HostError::Kind::store);
    EXPECT_EQ(serving.host().leases().at(0).state, LeaseState::bound) << "rolled back";
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

TEST_F(Host, NamesWhatIsInTheWay)
{
    EXPECT_EQ(refusal(config(), "eth9").kind, HostError::Kind::no_such_interface);
    EXPECT_EQ(refusal(config(), "lo").kind, HostError::Kind::bad_argument);

    const auto nothing = refusal(server::Config{});
    EXPECT_EQ(nothing.kind, HostError::Kind::config);
    EXPECT_NE(nothing.problem.find("subnet: there is no subnet to serve"), std::string::npos) << nothing.problem;

    Cable::ip("address flush dev srv");
    const auto bare = refusal();
    EXPECT_EQ(bare.kind, HostError::Kind::no_address);
    EXPECT_NE(bare.remedy.find("sudo ip address add 192.168.1.1/24 dev srv"), std::string::npos);

    Cable::ip("link set srv down");
    const auto down = refusal();
    EXPECT_EQ(down.kind, HostError::Kind::interface_down);
    EXPECT_EQ(down.remedy, "Run: sudo ip link set dev srv up");
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
