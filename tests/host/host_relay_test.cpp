// SPDX-License-Identifier: GPL-3.0-or-later
// The host and a relay agent (RFC 1542).
#include "engine/host/privileged.h"
#include "engine/host/reply_sender.h"
#include "engine/wire/message.h"
#include "tests/host/served_cable.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <span>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace dorascope::test {
namespace {

using namespace served;

/// The client's machine as a relay agent (RFC 1542): 192.168.77.2, in front of 10.99.0.0/24 and 10.98.0.0/24.
void make_relay(const Cable& cable)
{
    cable.on_client([&] {
        Cable::ip("address add 192.168.77.2/24 dev cli");
        Cable::ip("address add 10.99.0.1/24 dev cli");
        Cable::ip("address add 10.98.0.1/24 dev cli");
    });
    Cable::ip("route add 10.99.0.0/24 via 192.168.77.2");
    Cable::ip("route add 10.98.0.0/24 via 192.168.77.2");
}

/// What the relay has open in front of one network.
class RelaySocket {
public:
    explicit RelaySocket(const Cable& cable, const char* giaddr = "10.99.0.1", std::uint16_t port = 67) : giaddr_{address(giaddr)}
    {
        cable.on_client([&] {
            socket_ = host::Descriptor{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
            sockaddr_in here{};
            here.sin_family = AF_INET;
            here.sin_port = htons(port);
            here.sin_addr.s_addr = htonl(giaddr_.value);
            EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here), 0);
        });
    }
    void forward(wire::Message message) const
    {
        message.giaddr = giaddr_;
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
    Ipv4Address giaddr_;
};

class HostAndRelay : public Host {
protected:
    void SetUp() override
    {
        Host::SetUp();
        if (cable_) make_relay(*cable_);
    }
    /// The subnets behind the relay beside the server's own.
    static server::Config behind()
    {
        auto made = config();
        for (const std::string net : {"10.99.0", "10.98.0"}) {
            auto& subnet = made.subnets.emplace_back();
            subnet.prefix = Ipv4Prefix::parse(net + ".0/24").value();
            subnet.pools = {Ipv4Range::parse(net + ".50-" + net + ".250").value()};
        }
        return made;
    }
    /// A DISCOVER of a client of its own each, and whether an OFFER came of it.
    bool is_offered(const RelaySocket& relay, std::uint8_t client) const
    {
        relay.forward(WireClient{*cable_, client}.discover());
        const auto offer = relay.receive();
        return offer && offer->type() == MessageType::offer;
    }
};

/// Our UDP sockets that are connected to `peer`, as /proc/net/udp writes it.
std::size_t connected_to(const std::string& peer)
{
    std::ifstream table{"/proc/thread-self/net/udp"};
    std::size_t found = 0;
    for (std::string line; std::getline(table, line);)
        found += line.find(" " + peer + " ") != std::string::npos ? 1 : 0;
    return found;
}
constexpr const char* kRelay99 = "0100630A:0043"; ///< 10.99.0.1:67, the address as it lies in memory

TEST_F(HostAndRelay, ServesASubnetBehindARelay)
{
    const auto two = behind();
    Serving serving{folder_.path(), two};
    const RelaySocket relay{*cable_};
    const WireClient client{*cable_, 1};
    relay.forward(client.discover());
    const auto offer = relay.receive();
    ASSERT_TRUE(offer);
    EXPECT_TRUE(two.subnets[1].pools[0].contains(offer->yiaddr)) << offer->yiaddr.to_string();
    relay.forward(client.select(*offer));
    const auto ack = relay.receive();
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->type(), MessageType::ack);
    EXPECT_EQ(ack->giaddr, address("10.99.0.1"));
}

TEST_F(HostAndRelay, SaysWhichRelayItsRepliesDoNotReach)
{
    Cable::ip("route del 10.99.0.0/24");
    Serving serving{folder_.path(), behind()};
    const WireClient client{*cable_, 1};
    auto discover = client.discover();
    discover.giaddr = address("10.99.0.1");
    client.broadcast(discover);
    EXPECT_TRUE(eventually([&] { return serving.has_said("Replies to 10.99.0.1 leave by srv, but no route leads there"); }));
}

TEST_F(HostAndRelay, TheRelayThatMostRepliesGoToHasASocketOfItsOwn)
{
    Serving serving{folder_.path(), behind()};
    const RelaySocket relay{*cable_};
    EXPECT_EQ(connected_to(kRelay99), 0U);
    for (std::uint8_t client = 1; client <= 40; ++client)
        ASSERT_TRUE(is_offered(relay, client)) << int{client};
    EXPECT_EQ(connected_to(kRelay99), 1U);
    // Another is served beside it, and takes its place when it has more to do.
    const RelaySocket other{*cable_, "10.98.0.1"};
    for (std::uint8_t client = 41; client <= 120; ++client) {
        ASSERT_TRUE(is_offered(other, client)) << int{client};
        if (client % 4 == 0) {
            ASSERT_TRUE(is_offered(relay, static_cast<std::uint8_t>(client + 100))) << int{client};
        }
    }
    EXPECT_EQ(connected_to(kRelay99), 0U);
    EXPECT_EQ(connected_to("0100620A:0043"), 1U);
    EXPECT_EQ(serving.host().counters().send_errors, 0U);
}

TEST_F(HostAndRelay, ARelayThatIsBackMissesNoReply)
{
    Serving serving{folder_.path(), behind()};
    {
        const RelaySocket relay{*cable_};
        for (std::uint8_t client = 1; client <= 40; ++client)
            ASSERT_TRUE(is_offered(relay, client)) << int{client};
    }
    ASSERT_EQ(connected_to(kRelay99), 1U);
    // Nobody is at its port 67 now: "port unreachable" comes back, which the kernel makes the error of the next datagram (udp(7)).
    RelaySocket{*cable_, "10.99.0.1", 1067}.forward(WireClient{*cable_, 41}.discover());
    ASSERT_TRUE(eventually([&] { return serving.decisions().size() == 41; }));
    const RelaySocket relay{*cable_};
    for (std::uint8_t client = 42; client <= 100; ++client)
        ASSERT_TRUE(is_offered(relay, client)) << int{client};
    EXPECT_EQ(connected_to(kRelay99), 1U) << "connected anew";
    EXPECT_EQ(serving.host().counters().send_errors, 0U);
}

/// More at once than one call takes, to a relay that the kernel cannot send to yet: some are refused, by either socket, and every one of
/// them is accounted for as what it is.
TEST_F(HostAndRelay, WhatIsRefusedInTheMiddleOfABurstIsStillForItsRelay)
{
    Cable::ip("route replace 10.99.0.0/24 via 192.168.77.9"); // nobody answers for it
    const auto sockets = host::request_serve("srv");
    ASSERT_TRUE(sockets) << sockets.error().text();
    const int octets = 40000; // some hundred datagrams of this size, as the kernel counts them
    for (const int fd : {sockets->udp.get(), sockets->udp_to_relay.get()})
        ASSERT_EQ(::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets), 0);
    host::ReplySender sender{*sockets, cable_->server_mac()};
    const wire::Buffer payload(300);
    server::Transmit transmit;
    transmit.delivery = server::Delivery::routed;
    transmit.source = address("192.168.77.1");
    transmit.destination = address("10.99.0.1");
    transmit.destination_port = 67;
    transmit.payload = payload;
    transmit.promises = false;
    const std::vector<server::Transmit> all(300, transmit);
    std::uint64_t refused = 0;
    for (std::size_t size = 64; size <= all.size(); ++size) { // so that one of them ends wherever it can go wrong
        const auto burst = std::span{all}.first(size);
        const auto result = sender.send(burst, false);
        EXPECT_EQ(result.sent + result.failed, burst.size());
        refused += result.failed;
        if (result.failed == 0) continue;
        ASSERT_EQ(result.destination, transmit.destination) << size;
        ASSERT_TRUE(result.error == EAGAIN || result.error == ENOBUFS || result.error == EHOSTUNREACH)
            << std::strerror(result.error);
    }
    EXPECT_GT(refused, 0U) << "nothing was refused, so that this showed nothing";
}

} // namespace
} // namespace dorascope::test
