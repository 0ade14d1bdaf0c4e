// SPDX-License-Identifier: GPL-3.0-or-later
// Reservations that are ordered of a running server.
#include "tests/host/commanded.h"

namespace dorascope::test {
namespace {

using namespace orders;

TEST_F(Orders, AReservationIsHeldForItsClientAndOutlivesARestart)
{
    {
        const Commanded server{folder_.path()};
        const auto result = server.reserve("192.168.77.50", hardware(5)); // outside the pool
        EXPECT_TRUE(result.ok) << result.error.text();
        EXPECT_EQ(dora(5), address("192.168.77.50"));
    }
    const Commanded server{folder_.path()};
    const auto listed = server.list("reservation");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["address"], "192.168.77.50");
    EXPECT_EQ(listed[0]["hardware"], "02:00:00:00:01:05");
    EXPECT_EQ(listed[0]["from"], "order");
    server.ask(Order::erase, "192.168.77.50");
    EXPECT_EQ(dora(5), address("192.168.77.50"));
}

/// By all that a configuration knows a client by, and no longer lived.
TEST_F(Orders, AReservationForAPortOrANameHoldsAndOutlivesARestart)
{
    const std::uint8_t circuit = 7;
    const auto answered = [&](std::uint8_t number, const std::function<void(wire::Message&)>& with) {
        const WireClient client{*cable_, number};
        auto discover = client.discover();
        with(discover);
        client.broadcast(discover);
        const auto offer = client.receive();
        return offer ? offer->message.yiaddr : kAnyAddress;
    };
    const auto on_port = [&](wire::Message& m) {
        const std::array<std::byte, 3> suboption{std::byte{1}, std::byte{1}, std::byte{circuit}};
        m.options.set(wire::option::relay_agent_information, suboption);
    };
    const auto named = [](wire::Message& m) { m.options.set_text(wire::option::host_name, "KITCHEN"); };
    ControlRequest port, name;
    port.order = name.order = Order::reserve;
    port.address = address("192.168.77.50");
    port.circuit_id = {circuit};
    name.address = address("192.168.77.51");
    name.client_hostname = "kitchen";
    {
        const Commanded server{folder_.path()};
        EXPECT_THAT(server.ask(port).said, HasSubstr("192.168.77.50 is reserved for what hangs on circuit 07."));
        EXPECT_THAT(server.ask(name).said, HasSubstr("192.168.77.51 is reserved for host name kitchen."));
        name.address = address("192.168.77.52");
        EXPECT_THAT(server.ask(name).error.text(), HasSubstr("has 192.168.77.51 reserved already"));
        const auto a = dora(1);
        port.address = a;
        port.circuit_id = {9};
        EXPECT_THAT(server.ask(port).said, HasSubstr("02:00:00:00:01:01 has it now")) << "who hangs there a lease does not tell";
        EXPECT_TRUE(server.ask(Order::unreserve, a.to_string().c_str()).ok);
    }
    const Commanded server{folder_.path()};
    EXPECT_EQ(server.list("reservation").size(), 2U);
    EXPECT_EQ(answered(5, on_port), address("192.168.77.50"));
    EXPECT_EQ(answered(6, named), address("192.168.77.51"));
}

TEST_F(Orders, AReservationIsCountedAsOneAndAsNoOtherConfiguration)
{
    using Counts = std::map<std::string, int>;
    const auto counts = [](const Commanded& server) {
        Counts all;
        for (const auto& line : server.list("count"))
            all[line["reason"]] = line["times"];
        return all;
    };
    {
        const Commanded server{folder_.path()};
        EXPECT_TRUE(server.reserve("192.168.77.50", hardware(5)).ok);
        EXPECT_TRUE(server.reserve("192.168.77.51", hardware(6)).ok);
        EXPECT_TRUE(server.ask(Order::unreserve, "192.168.77.51").ok);
        EXPECT_EQ(counts(server), (Counts{{"order_reserved", 2}, {"order_unreserved", 1}}));
    }
    const Commanded again{folder_.path()};
    EXPECT_EQ(counts(again), Counts{}) << "what was ordered before the start is no news";
}

TEST_F(Orders, AReservedAddressGoesToNobodyElse)
{
    const Commanded server{folder_.path(), {}, config("192.168.77.100-192.168.77.101")};
    EXPECT_TRUE(server.reserve("192.168.77.100", hardware(5)).ok);
    EXPECT_EQ(dora(1), address("192.168.77.101"));
    EXPECT_EQ(dora(5), address("192.168.77.100"));
}

TEST_F(Orders, UnreserveGivesTheAddressBack)
{
    const Commanded server{folder_.path(), {}, config("192.168.77.100-192.168.77.100")};
    EXPECT_THAT(server.ask(Order::unreserve, "192.168.77.100").error.text(), HasSubstr("is not reserved"));
    EXPECT_TRUE(server.reserve("192.168.77.100", hardware(5)).ok);
    EXPECT_TRUE(server.ask(Order::unreserve, "192.168.77.100").ok);
    EXPECT_TRUE(server.list("reservation").empty());
    EXPECT_EQ(dora(1), address("192.168.77.100"));
}

TEST_F(Orders, AnAddressOrClientThatIsReservedAlreadyIsRefused)
{
    auto with = config();
    with.subnets[0].reservations.push_back({address("192.168.77.60"), hardware(6)});
    const Commanded server{folder_.path(), {}, with};
    EXPECT_THAT(server.reserve("192.168.77.60", hardware(5)).error.text(), HasSubstr("reserved for 02:00:00:00:01:06 already"));
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(6)).error.text(), HasSubstr("has 192.168.77.60 reserved already"));
    EXPECT_THAT(server.reserve("10.0.0.1", hardware(5)).error.text(), HasSubstr("in no subnet"));
    EXPECT_THAT(server.reserve("192.168.77.255", hardware(5)).error.text(), HasSubstr("cannot be reserved"));
    EXPECT_THAT(server.reserve("192.168.77.1", hardware(5)).error.text(), HasSubstr("this server has it itself"));
    EXPECT_THAT(server.ask(Order::unreserve, "192.168.77.60").error.text(), HasSubstr("reserved in the configuration"));
    ASSERT_EQ(server.list("reservation").size(), 1U);
    EXPECT_EQ(server.list("reservation")[0]["from"], "configuration");
    // The same address again, for another client: the order replaces its like.
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(7)).said, HasSubstr("is reserved for 02:00:00:00:01:07."));
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(8)).said,
                HasSubstr("is reserved for 02:00:00:00:01:08 instead of 02:00:00:00:01:07."));
    EXPECT_THAT(server.reserve("192.168.77.61", hardware(8)).said, HasSubstr("is reserved for 02:00:00:00:01:08."));
    EXPECT_EQ(server.list("reservation")[1]["hardware"], "02:00:00:00:01:08");
}

} // namespace
} // namespace dorascope::test
