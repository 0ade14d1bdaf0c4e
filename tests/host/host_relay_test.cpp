// SPDX-License-Identifier: GPL-3.0-or-later
// The host and a relay agent (RFC 1542).
#include "engine/wire/message.h"
#include "tests/host/served_cable.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::test {
namespace {

using namespace served;

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

class HostAndRelay : public Host { };

TEST_F(HostAndRelay, ServesASubnetBehindARelay)
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

TEST_F(HostAndRelay, SaysWhichRelayItsRepliesDoNotReach)
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

} // namespace
} // namespace dorascope::test
