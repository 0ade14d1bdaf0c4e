// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/interface.h"
#include "tests/support/cable.h"

#include <gtest/gtest.h>
#include <optional>

namespace dorascope::test {
namespace {

class Interfaces : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    std::optional<Cable> cable_;
};

TEST_F(Interfaces, AreListedWithWhatAServerCaresAbout)
{
    Cable::ip("address add 10.1.2.3/30 dev srv label srv:two");
    const auto all = host::interfaces();
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 2U);
    const auto& lo = all->at(0);
    EXPECT_EQ(lo.name, "lo");
    EXPECT_TRUE(lo.loopback);
    EXPECT_FALSE(lo.ethernet);
    const auto& srv = all->at(1);
    EXPECT_EQ(srv.name, "srv");
    EXPECT_EQ(srv.index, interface_index("srv"));
    EXPECT_EQ(srv.mac, cable_->server_mac());
    EXPECT_TRUE(srv.ethernet);
    EXPECT_TRUE(srv.up);
    EXPECT_TRUE(srv.carrier);
    ASSERT_EQ(srv.addresses.size(), 2U) << "an address with a label is the interface's";
    EXPECT_EQ(srv.addresses[0].address.to_string(), "192.168.77.1");
    EXPECT_EQ(srv.addresses[0].prefix.to_string(), "192.168.77.0/24");
    EXPECT_EQ(srv.addresses[1].prefix.to_string(), "10.1.2.0/30");
}

TEST_F(Interfaces, WithoutACarrierSaySo)
{
    cable_->on_client([] { Cable::ip("link set cli down"); });
    const auto srv = host::interface_to_serve("srv");
    ASSERT_TRUE(srv) << "can be served all the same: the cable may come";
    EXPECT_FALSE(srv->carrier);
}

} // namespace
} // namespace dorascope::test
