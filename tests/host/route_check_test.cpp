// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/route_check.h"
#include "tests/support/cable.h"

#include <gtest/gtest.h>

namespace dorascope::test {
namespace {

using host::RouteCheck;

constexpr Instant at(int seconds) { return Instant{std::chrono::hours{1} + std::chrono::seconds{seconds}}; }
const auto relay = Ipv4Address::parse("10.99.0.1").value(), other = Ipv4Address::parse("10.98.0.1").value();

class Routes : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
        srv_ = host::interface_to_serve("srv").value();
    }
    std::optional<Cable> cable_;
    host::Interface srv_;
    RouteCheck check_;
};

TEST_F(Routes, ThroughTheServedInterfaceAreNothingToTalkAbout)
{
    Cable::ip("route add 10.99.0.0/24 via 192.168.77.2");
    EXPECT_EQ(check_.check(at(0), relay, srv_), std::nullopt);
    EXPECT_EQ(check_.check(at(1), Ipv4Address::parse("192.168.77.100").value(), srv_), std::nullopt) << "a neighbour";
}

TEST_F(Routes, ThatLeadNowhereAreSaidOnce)
{
    const auto said = check_.check(at(0), relay, srv_);
    EXPECT_EQ(said, "Replies to 10.99.0.1 leave by srv, but no route leads there: they are lost. Route 10.99.0.1 through srv.");
    EXPECT_EQ(check_.check(at(5), relay, srv_), std::nullopt);
    EXPECT_TRUE(check_.check(at(6), other, srv_)) << "another one is another matter";
}

TEST_F(Routes, ThroughAnotherInterfaceAreNamed)
{
    Cable::ip("link add elsewhere type veth peer name far");
    Cable::ip("link set elsewhere up");
    Cable::ip("link set far up");
    Cable::ip("route add 10.99.0.0/24 dev elsewhere");
    const auto said = check_.check(at(0), relay, srv_);
    ASSERT_TRUE(said);
    EXPECT_NE(said->find("this machine's route there is by elsewhere: they are lost."), std::string::npos) << *said;
}

TEST_F(Routes, AreAskedForOnceASecondAtMost)
{
    EXPECT_TRUE(check_.check(at(0), relay, srv_));
    EXPECT_FALSE(check_.check(at(0) + std::chrono::milliseconds{999}, other, srv_));
    EXPECT_TRUE(check_.check(at(1), other, srv_));
}

} // namespace
} // namespace dorascope::test
