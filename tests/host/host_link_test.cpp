// SPDX-License-Identifier: GPL-3.0-or-later
// The host and its interface: addresses, carrier, and an end of it.
#include "tests/host/served_cable.h"

#include <gtest/gtest.h>

namespace dorascope::test {
namespace {

using namespace served;

class HostAndLink : public Host { };

TEST_F(HostAndLink, SaysWhenItsInterfaceIsDownAndGoesOnWhenItIsUpAgain)
{
    Serving serving{folder_.path()};
    const WireClient client{*cable_, 1};
    ASSERT_TRUE(client.dora());
    Cable::ip("link set srv down");
    EXPECT_TRUE(eventually([&] { return serving.has_said("Interface srv is down"); }));
    Cable::ip("link set srv up");
    EXPECT_TRUE(eventually([&] { return serving.has_said("Interface srv is up again"); }));
    const auto notices = serving.notices();
    const auto of_link = [](const host::HostNotice& n) { return n.about == host::NoticeSubject::link; };
    EXPECT_FALSE(std::ranges::find_if(notices, of_link)->over);
    EXPECT_TRUE(std::ranges::find_if(notices, [](const host::HostNotice& n) {
                    return n.text.find("up again: serving") != std::string::npos;
                })->over);
    cable_->on_client([] { Cable::ip("link set cli up"); });
    const WireClient other{*cable_, 2};
    const auto offer = eventually([&] {
        other.broadcast(other.discover()); // a link that has just come up loses frames
        return other.has_reply_waiting();
    });
    EXPECT_TRUE(offer);
}

TEST_F(HostAndLink, EndsWhenItsInterfaceIsGone)
{
    Serving serving{folder_.path()};
    Cable::ip("link delete srv");
    const auto ended = serving.wait();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().kind, HostError::Kind::no_such_interface);
    EXPECT_EQ(ended.error().problem, "Interface srv is gone.");
}

TEST_F(HostAndLink, FollowsTheAddressOfItsInterface)
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

// RFC 2131 §4.3.1: the subnet is that of the interface, which may have addresses in several.
TEST_F(HostAndLink, ServesTheSubnetsOfAllAddressesOfItsInterface)
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

TEST_F(HostAndLink, NamesWhatIsInTheWay)
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

TEST_F(HostAndLink, SaysWhatAddressesItsInterfaceHasNow)
{
    Serving serving{folder_.path()};
    EXPECT_EQ(serving.host().interface().addresses.size(), 1U);
    Cable::ip("address add 192.168.88.2/24 dev srv");
    Cable::ip("address delete 192.168.77.1/24 dev srv");
    EXPECT_TRUE(eventually([&] {
        const auto now = serving.host().interface().addresses;
        return now.size() == 1 && now[0].address == address("192.168.88.2");
    }));
}

TEST_F(HostAndLink, AnAddressThatItsInterfaceNoLongerHasIsLeased)
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

TEST_F(HostAndLink, CountsTheRequestsThatComeWhileItHasNoAddress)
{
    Serving serving{folder_.path()};
    Cable::ip("address delete 192.168.77.1/24 dev srv");
    ASSERT_TRUE(eventually([&] { return serving.has_said("has lost its IPv4 address"); }));
    const WireClient client{*cable_, 1};
    client.broadcast(client.discover());
    EXPECT_TRUE(eventually([&] { return serving.host().counters().no_address == 1; }));
    EXPECT_EQ(serving.host().counters().received, 0U);
}

} // namespace
} // namespace dorascope::test
