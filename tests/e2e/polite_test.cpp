// SPDX-License-Identifier: GPL-3.0-or-later
// A polite server (`authority = "polite"`) on a LAN that has a server already: dnsmasq.
#include "tests/e2e/programs.h"
#include "tests/e2e/raw_client.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using testing::HasSubstr;

/// On eth0 of a machine, with 192.168.77.200 to .210; constructed when it serves.
std::unique_ptr<ChildProcess> dnsmasq(const Machine& machine, const std::filesystem::path& folder)
{
    auto process =
        machine.start({"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--user=root",
                       "--pid-file=", "--log-facility=-", "--no-ping", "--dhcp-authoritative",
                       "--dhcp-range=192.168.77.200,192.168.77.210,1h", "--dhcp-leasefile=" + (folder / "dnsmasq").string()});
    const auto ready = [&] { return process->err().find("DHCP, IP range") != std::string::npos || !process->running(); };
    if (!eventually(ready) || !process->running()) throw std::runtime_error{"dnsmasq: " + process->err() + process->out()};
    return process;
}

class Polite : public EndToEnd {
protected:
    std::vector<std::string> polite() const
    {
        return config("authority = \"polite\"\npolite_delay = 1\n[probe]\nenabled = false\n"
                      "[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \"192.168.77.100-192.168.77.110\"\n");
    }
};

// dnsmasq answers by unicast where the client lets it, and no switch shows that to others: the client's REQUEST, which names its server
// (RFC 2131 §4.3.2), tells. A client that can take broadcasts only is offered by broadcast, and that can be overheard.
TEST_F(Polite, LeavesAClientToTheServerThatAnsweredIt)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    const auto other = dnsmasq(lan.plug("other", "192.168.77.2/24"), folder_.path());
    const Server server{router, folder_ / "state", polite()};

    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out() << other->err();
    EXPECT_THAT(client->address("bound"), testing::MatchesRegex("192\\.168\\.77\\.2.."));

    const RawClient hand_made{lan.plug("second"), {{0x02, 0, 0, 0x77, 0x20, 1}}};
    auto discover = hand_made.discover();
    discover.flags = wire::kBroadcastFlag;
    hand_made.broadcast(discover);
    const auto replies = hand_made.replies_within(2500ms); // more than polite_delay; it never takes the offer
    ASSERT_EQ(replies.size(), 1U) << server.out();
    EXPECT_EQ(replies[0].options.address(wire::option::server_identifier)->to_string(), "192.168.77.2");
    EXPECT_THAT(server.out(), HasSubstr("192.168.77.2")) << "and says to whom it left the client";
}

TEST_F(Polite, AnswersWhereItIsAlone)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    const Server server{router, folder_ / "state", polite()};
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    EXPECT_EQ(client->address("bound"), "192.168.77.100");
}

} // namespace
} // namespace dorascope::test
