// SPDX-License-Identifier: GPL-3.0-or-later
// Random clients, in any order of messages, retransmissions, restarts, lost writes, expiries and clocks that step: at no instant do two
// clients hold one address. Seeded; a failure names the seed and the step.
#include "tests/server/conversation.h"
#include "tests/server/ledger.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace dorascope::server {
namespace {

Config crowded()
{
    Config config = office();
    Subnet& first = config.subnets[0];
    first.pools = {range("192.168.1.100-192.168.1.106"), range("192.168.1.1-192.168.1.3")}; // .1 router, .2 the server
    first.exclusions = {range("192.168.1.104")};
    first.lease_seconds = 600;
    first.reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(1)), {}, {}},
                          {address("192.168.1.101"), std::nullopt, {0xff, 2}, {}}};
    config.subnets.push_back(subnet("10.0.0.0/28", "10.0.0.4-10.0.0.6"));
    config.subnets[1].lease_seconds = kInfiniteSeconds;
    // The first subnet shares its link with a third, of which some addresses are kept for one class.
    config.subnets.push_back(subnet("10.0.1.0/28", "10.0.1.4-10.0.1.5"));
    config.subnets[0].shared_network = config.subnets[2].shared_network = "floor";
    config.subnets[2].pools.push_back({range("10.0.1.8-10.0.1.9"), "phones"});
    config.classes.resize(1);
    config.classes[0].name = "phones";
    config.classes[0].tests = {{ClassTest::Subject::option, 60, octets({'p'}), true, {}}};
    config.max_offers = 8;
    return config;
}

class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : random_{seed}, config_{crowded()}, talk_{config_}, ledger_{config_}
    {
        for (std::uint32_t i = 0; i < 14; ++i) {
            Station station = talk_.client(i / 2); // two to a card: one of each pair has an identifier
            if (i % 2 == 0) station.client_id = {0xff, static_cast<std::uint8_t>(i)};
            stations_.push_back(station);
        }
        last_.resize(stations_.size());
    }

    void run(int steps)
    {
        for (int i = 0; i < steps && complaint_.empty(); ++i) {
            step();
            if (complaint_.empty() && i % 16 == 0) complaint_ = ledger_.audit(talk_.server);
        }
    }
    const std::string& complaint() const { return complaint_; }
    std::size_t acks() const { return acks_; }
    std::size_t naks() const { return naks_; }

private:
    std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

    void step()
    {
        const std::uint32_t what = pick(100);
        if (what < 70) return speak();
        if (what < 90) return pass(std::chrono::seconds{pick(40)});
        if (what < 96) return pass(std::chrono::seconds{pick(900)});
        if (what < 97)
            talk_.now -= std::chrono::seconds{pick(3000)};
        else if (what < 98)
            talk_.storing = !talk_.storing;
        else if (what < 99)
            restart();
        else
            probe();
    }
    void pass(Duration span)
    {
        // Half of the time nobody calls advance(), and nothing is settled until the next packet.
        if (pick(2) == 0) return talk_.sleep(span);
        talk_.wait(span);
        ledger_.pass_time(talk_.now);
    }
    void restart()
    {
        talk_.restart();
        ledger_.pass_time(talk_.now);
        ledger_.forget_offers();
    }
    void probe()
    {
        const Ipv4Address where = some_address();
        talk_.out.clear();
        talk_.server.probe_answered(talk_.now, where, {}, talk_.out);
        ledger_.pass_time(talk_.now);
        if (talk_.out.writes().empty()) return;
        if (!talk_.storing) return talk_.server.roll_back(talk_.out);
        std::erase_if(talk_.stored, [&](const Lease& lease) { return lease.address == where; });
        talk_.stored.push_back(talk_.out.writes()[0].lease);
        ledger_.quarantined(where);
    }
    Ipv4Address some_address()
    {
        const std::uint32_t what = pick(10);
        if (what == 0) return Ipv4Address{static_cast<std::uint32_t>(random_())};
        if (what == 1) return address("10.0.1.0") + pick(16);
        return what < 8 ? address("192.168.1.0") + pick(256) : address("10.0.0.0") + pick(16);
    }

    void speak()
    {
        const std::uint32_t who = pick(static_cast<std::uint32_t>(stations_.size()));
        Station& s = stations_[who];
        talk_.local = pick(5) == 0 ? address("10.0.0.2") : address("192.168.1.2");
        s.giaddr = pick(6) == 0 ? (pick(2) == 0 ? address("10.0.0.5") : address("192.168.1.103")) : Ipv4Address{};
        const Ipv4Address where = pick(8) == 0 ? some_address() : last_[who];
        wire::Message m = s.message(static_cast<MessageType>(std::array{1, 1, 3, 3, 3, 3, 4, 7, 8}[pick(9)]));
        if (pick(4) == 0) m.options.set_text(wire::option::vendor_class_identifier, "phone");
        switch (m.type()) {
        case MessageType::discover:
            if (pick(3) == 0) m.options.set_address(wire::option::requested_address, some_address());
            break;
        case MessageType::request: fill_request(m, where); break;
        case MessageType::decline: m.options.set_address(wire::option::requested_address, where); break;
        default: m.ciaddr = where; break;
        }
        hear(s, who, m, pick(3) == 0);
    }
    void fill_request(wire::Message& m, Ipv4Address where)
    {
        const std::uint32_t fields = pick(5);
        if (fields <= 1) m.options.set_address(wire::option::server_identifier, talk_.local);
        if (fields == 2 && pick(3) == 0) m.options.set_address(wire::option::server_identifier, address("192.168.1.66"));
        if (fields <= 2) m.options.set_address(wire::option::requested_address, where);
        if (fields >= 3) m.ciaddr = where;
        if (pick(4) == 0) m.options.set_u32(wire::option::lease_time, pick(2) == 0 ? 60 + pick(300) : kInfiniteSeconds);
    }
    void hear(Station& s, std::uint32_t who, const wire::Message& m, bool unicast)
    {
        const Answer answer = s.send(m, unicast);
        if (!talk_.storing) {
            ledger_.pass_time(talk_.now);
            return;
        }
        complaint_ = ledger_.heard(talk_.now, talk_.local, m, answer.message, answer.decision);
        if (answer.silent()) return;
        acks_ += answer.type() == MessageType::ack;
        naks_ += answer.type() == MessageType::nak;
        if (!answer.yiaddr().is_unspecified()) last_[who] = answer.yiaddr();
    }

    std::mt19937_64 random_;
    Config config_;
    Conversation talk_;
    Ledger ledger_;
    std::vector<Station> stations_;
    std::vector<Ipv4Address> last_;
    std::string complaint_;
    std::size_t acks_ = 0, naks_ = 0;
};

class SimultaneousClients : public testing::TestWithParam<std::uint64_t> { };

TEST_P(SimultaneousClients, NeverHoldOneAddress)
{
    Simulation simulation{GetParam()};
    simulation.run(20'000);
    EXPECT_EQ(simulation.complaint(), "");
    EXPECT_GT(simulation.acks(), 1000U) << "the simulation does something";
    EXPECT_GT(simulation.naks(), 300U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimultaneousClients, testing::Range<std::uint64_t>(1, 21), testing::PrintToStringParamName());

} // namespace
} // namespace dorascope::server
