// SPDX-License-Identifier: GPL-3.0-or-later
// Starvation: one machine sends DISCOVERs under random link addresses, far more than the server is told to answer. Who has a lease
// does not notice. Not more than ten thousand a second: udhcpc listens without a filter, and would lose the server's answer itself.
#include "tests/e2e/programs.h"
#include "tests/e2e/raw_client.h"

#include <atomic>
#include <gmock/gmock.h>
#include <random>
#include <thread>

namespace dorascope::test {
namespace {

class Flood : public EndToEnd { };

/// As long as it lives.
class Attacker {
public:
    explicit Attacker(const Machine& machine) : client_{machine, {{0x02, 0, 0, 0x66, 0, 1}}}, thread_{[this] { run(); }} { }
    ~Attacker()
    {
        done_ = true;
        thread_.join();
    }
    std::size_t sent() const { return sent_; }

private:
    void run()
    {
        std::mt19937 random{7}; // NOLINT(*-msc51-cpp): the same addresses each time
        while (!done_) {
            MacAddress mac{{0x02}};
            for (std::size_t i = 1; i < mac.octets.size(); ++i)
                mac.octets[i] = static_cast<std::uint8_t>(random());
            client_.broadcast_as(mac, client_.discover());
            if (++sent_ % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }
    RawClient client_;
    std::atomic<bool> done_{false};
    std::atomic<std::size_t> sent_{0};
    std::thread thread_;
};

TEST_F(Flood, AKnownClientRenewsAndComesBackWhileRandomAddressesEatThePool)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    const auto& bad = lan.plug("attacker");
    Server server{router, folder_ / "state",
                  config("[limits]\ntotal_per_second = 200\n[probe]\nenabled = false\n"
                         "[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \"192.168.77.100-192.168.77.131\"\n")};
    auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    const auto address = client->address("bound");

    const Attacker attacker{bad};
    ASSERT_TRUE(eventually([&] { return server.out().find("no address is left") != std::string::npos; })) << "the pool is eaten";
    const auto before = attacker.sent();
    client->renew();
    ASSERT_TRUE(eventually([&] { return client->count("renewed") == 1; })) << client->story();
    EXPECT_EQ(client->address("renewed"), address);
    client.reset(); // switched off without a word, and on again: it begins with a DISCOVER
    client = kUdhcpc.make(machine, folder_ / "again");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story();
    EXPECT_EQ(client->address("bound"), address);
    EXPECT_GT(attacker.sent(), before) << "all the while";
    const auto counted = router.run({kCli, "ctl", "--state-dir", folder_ / "state", "list"});
    EXPECT_EQ(counted.status, 0) << counted.err;
    EXPECT_THAT(counted.out, testing::HasSubstr("total_rate_exceeded")) << counted.out;
}

/// One card under any number of names, with what no limit was asked about once: no offer, a relay's address, another's ARP.
class OneCard : public Flood {
protected:
    static constexpr MacAddress kCard{{0x02, 0, 0, 0x66, 0, 1}};
    static wire::Message under_another_name(wire::Message message, std::uint8_t number)
    {
        message.set_hardware(HardwareAddress::of(MacAddress{{0x02, 0x77, 0, 0, 0, number}}));
        return message;
    }
    std::vector<std::string> pool_of_100(bool probe) const
    {
        return config(std::string{"[probe]\nenabled = "} + (probe ? "true" : "false")
                      + "\n[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \"192.168.77.100-192.168.77.199\"\n");
    }
    static std::size_t times(const std::string& out, const std::string& word)
    {
        std::size_t count = 0;
        for (auto at = out.find(word); at != std::string::npos; at = out.find(word, at + 1))
            ++count;
        return count;
    }
    /// The card says a hundred messages, each under another name; what the server has said once it has refused 84 of them.
    std::string after_a_hundred(const std::string& refusal,
                                const std::function<wire::Message(const RawClient&, std::uint8_t)>& message) const
    {
        Lan lan;
        const auto& router = lan.plug("server", "192.168.77.1/24");
        const auto& bad = lan.plug("attacker");
        const Server server{router, folder_ / "state", pool_of_100(false)};
        const RawClient attacker{bad, kCard};
        for (std::uint8_t i = 0; i < 100; ++i)
            attacker.broadcast_for_another(under_another_name(message(attacker, i), i));
        EXPECT_TRUE(eventually([&] { return times(server.out(), refusal) >= 84; })) << server.out();
        return server.out();
    }
};

TEST_F(OneCard, RequestsOutOfTheBlueGetAShareOfThePool)
{
    wire::Message offer;
    offer.options.set_address(wire::option::server_identifier, *Ipv4Address::parse("192.168.77.1"));
    const auto out = after_a_hundred("DHCPNAK", [&](const RawClient& attacker, std::uint8_t i) {
        offer.yiaddr = *Ipv4Address::parse("192.168.77.100") + i;
        return attacker.select(offer);
    });
    EXPECT_EQ(times(out, "DHCPACK 192"), 16U) << out;
}

TEST_F(OneCard, AForgedRelayOfTheLinkGetsAShareOfThePool)
{
    const auto out = after_a_hundred("are outstanding already", [&](const RawClient& attacker, std::uint8_t i) {
        auto message = attacker.discover();
        message.giaddr = *Ipv4Address::parse("192.168.77.2") + i;
        return message;
    });
    EXPECT_EQ(times(out, "DHCPOFFER 192"), 16U) << out;
}

TEST_F(OneCard, ArpInOthersNamesTakesNoAddressAway)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& bad = lan.plug("attacker");
    const auto& machine = lan.plug("client");
    const Server server{router, folder_ / "state", pool_of_100(true)};
    const RawClient attacker{bad, kCard}, client{machine, *MacAddress::parse(machine.mac())};
    client.broadcast(client.discover());
    std::optional<Ipv4Address> asked;
    ASSERT_TRUE(eventually([&] { return (asked = attacker.next_asked()).has_value(); }));
    attacker.answer_arp(kCard, {{0x02, 0x77, 0, 0, 0, 1}}, *asked);
    const auto offer = client.receive();
    ASSERT_TRUE(offer) << server.out();
    EXPECT_EQ(offer->yiaddr, *asked) << server.out();
    EXPECT_THAT(server.out(), testing::HasSubstr("not from its link address"));
}

} // namespace
} // namespace dorascope::test
