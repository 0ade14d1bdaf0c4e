// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/paper_control.h"
#include "ui/views/notice_bar.h"
#include "ui/views/serve_form.h"
#include "ui/views/serve_panel.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

namespace dorascope::ui {
namespace {

class ServeTest : public testing::Test {
protected:
    ServeTest()
    {
        panel.resize(800, 640);
        panel.show();
        panel.prepare();
    }
    PaperControl control;
    ServePanel panel{control};
};

TEST_F(ServeTest, SuggestsAPoolFromTheInterfacesSubnet)
{
    EXPECT_EQ(panel.field(ServePanel::first).text(), QStringLiteral("192.168.50.100"));
    EXPECT_EQ(panel.field(ServePanel::last).text(), QStringLiteral("192.168.50.200"));
    EXPECT_TRUE(panel.startButton().isEnabled());
    panel.interfaceBox().setCurrentIndex(1);
    EXPECT_TRUE(panel.startButton().isEnabled());
    EXPECT_NE(panel.field(ServePanel::first).text(), QStringLiteral("10.0.0.5"));
}

TEST_F(ServeTest, StartHandsOverWhatIsOnScreen)
{
    panel.field(ServePanel::dns).setText(QStringLiteral("192.168.50.1, 9.9.9.9"));
    panel.field(ServePanel::router).setText(QStringLiteral("192.168.50.1"));
    panel.field(ServePanel::lease).setText(QStringLiteral("30 min"));
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    ASSERT_EQ(control.served.size(), 1);
    EXPECT_EQ(control.served[0].interface, QStringLiteral("eth0"));
    const server::Subnet& subnet = control.served[0].config.subnets.at(0);
    EXPECT_EQ(subnet.prefix.to_string(), "192.168.50.0/24");
    EXPECT_EQ(subnet.pools.at(0).to_string(), "192.168.50.100-192.168.50.200");
    EXPECT_EQ(subnet.options.routers.at(0).to_string(), "192.168.50.1");
    EXPECT_EQ(subnet.options.dns_servers.size(), 2U);
    EXPECT_EQ(subnet.lease_seconds, 1800U);
}

TEST_F(ServeTest, AddressesInUseAreLeftOutOfThePool)
{
    panel.field(ServePanel::first).setText(QStringLiteral("192.168.50.1"));
    panel.field(ServePanel::last).setText(QStringLiteral("192.168.50.10"));
    panel.field(ServePanel::dns).setText(QStringLiteral("192.168.50.2 9.9.9.9 192.168.50.2"));
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    ASSERT_EQ(control.served.size(), 1);
    const auto& exclusions = control.served[0].config.subnets.at(0).exclusions;
    ASSERT_EQ(exclusions.size(), 2U);
    EXPECT_EQ(exclusions[0].first.to_string(), "192.168.50.1") << "the interface's own";
    EXPECT_EQ(exclusions[1].first.to_string(), "192.168.50.2");
}

TEST_F(ServeTest, ProbesUnlessToldOtherwiseAndIsPoliteOnDemand)
{
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    panel.probeBox().setChecked(false);
    panel.politeBox().setChecked(true);
    panel.field(ServePanel::stop).setText(QStringLiteral("2 h"));
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    ASSERT_EQ(control.served.size(), 2);
    EXPECT_TRUE(control.served[0].config.probe.enabled);
    EXPECT_EQ(control.served[0].config.authority, server::Authority::normal);
    EXPECT_FALSE(control.served[0].stopAfter);
    EXPECT_FALSE(control.served[1].config.probe.enabled);
    EXPECT_EQ(control.served[1].config.authority, server::Authority::polite);
    EXPECT_EQ(control.served[1].stopAfter, Duration{std::chrono::hours{2}});
}

TEST_F(ServeTest, AFileTakesThePlaceOfTheForm)
{
    server::Config config;
    config.subnets.emplace_back().prefix = Ipv4Prefix::parse("10.9.0.0/16").value();
    control.reading.config = config;
    panel.field(ServePanel::first).setText(QStringLiteral("nonsense"));
    panel.useFile(QStringLiteral("/etc/lab/dhcp.toml"));
    EXPECT_FALSE(panel.field(ServePanel::first).isEnabled());
    EXPECT_TRUE(panel.fileNote().text().contains(QStringLiteral("dhcp.toml is served: 10.9.0.0/16")));
    panel.field(ServePanel::stop).setText(QStringLiteral("30 min"));
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    ASSERT_EQ(control.served.size(), 1);
    EXPECT_EQ(control.served[0].config, config);
    EXPECT_EQ(control.served[0].file, QStringLiteral("/etc/lab/dhcp.toml"));
    EXPECT_EQ(control.served[0].stopAfter, Duration{std::chrono::minutes{30}});

    QTest::mouseClick(&panel.fileButton(), Qt::LeftButton); // back to the form
    EXPECT_TRUE(panel.field(ServePanel::first).isEnabled());
    EXPECT_FALSE(panel.startButton().isEnabled()) << "what stands in it counts again";
}

TEST_F(ServeTest, WhatIsHardlyMeantInAFileIsSaidAndServedAllTheSame)
{
    control.reading.config.emplace().subnets.emplace_back().prefix = Ipv4Prefix::parse("10.9.0.0/16").value();
    control.doubted[QStringLiteral("eth0")] = {QStringLiteral("Warning: subnet[0].router: 10.8.0.1 lies outside 10.9.0.0/16")};
    panel.useFile(QStringLiteral("/etc/lab/dhcp.toml"));
    EXPECT_TRUE(panel.notice().text().contains(QStringLiteral("dhcp.toml can be served"))) << qPrintable(panel.notice().text());
    EXPECT_TRUE(panel.notice().text().contains(QStringLiteral("10.8.0.1 lies outside")));
    EXPECT_EQ(panel.notice().accessibleName(), QStringLiteral("Warning"));
    EXPECT_TRUE(panel.startButton().isEnabled());
    EXPECT_EQ(panel.fileButton().shortcut(), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)) << "with another text, too";
    panel.useFile({});
    EXPECT_EQ(panel.notice().text(), QString()) << "it was about the file";
    control.reading = {std::nullopt, Problem{QStringLiteral("dhcp.toml has an error."), {}, {}}};
    panel.useFile(QStringLiteral("/etc/lab/dhcp.toml"));
    EXPECT_EQ(panel.notice().accessibleName(), QStringLiteral("Error"));
}

TEST_F(ServeTest, WhatIsDoubtfulInAFileDependsOnTheInterface)
{
    control.reading.config.emplace().subnets.emplace_back().prefix = Ipv4Prefix::parse("10.0.0.0/29").value();
    const auto own = QStringLiteral("Warning: subnet[0].pool: the server's own address 10.0.0.5 is in it (excluded)");
    control.doubted[QStringLiteral("eth1")] = {own};
    panel.useFile(QStringLiteral("/etc/lab/dhcp.toml"));
    EXPECT_EQ(panel.notice().text(), QString());
    panel.interfaceBox().setCurrentIndex(1);
    EXPECT_TRUE(panel.notice().text().contains(own)) << qPrintable(panel.notice().text());
    panel.interfaceBox().setCurrentIndex(0);
    EXPECT_EQ(panel.notice().text(), QString());
    control.problem = Problem{QStringLiteral("eth1 is down."), QStringLiteral("ip link set eth1 up"), {}};
    panel.interfaceBox().setCurrentIndex(1);
    EXPECT_TRUE(panel.notice().text().contains(QStringLiteral("eth1 is down"))) << "what keeps it from serving comes first";
}

TEST_F(ServeTest, EveryErrorOfAFileIsShownAndTheFormStays)
{
    control.reading.problem = Problem{
        QStringLiteral("dhcp.toml has 2 errors and is not used."), QStringLiteral("Line 3: subnet[0].pool: x\nLine 9: y: z"), {}};
    panel.useFile(QStringLiteral("/etc/lab/dhcp.toml"));
    EXPECT_TRUE(panel.notice().text().contains(QStringLiteral("Line 3: subnet[0].pool: x\nLine 9: y: z")));
    EXPECT_TRUE(panel.field(ServePanel::first).isEnabled());
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    ASSERT_EQ(control.served.size(), 1);
    EXPECT_EQ(control.served[0].file, QString());
}

TEST_F(ServeTest, AProblemIsNamedWithACommandToCopyAndNothingStarts)
{
    control.problem = Problem{QStringLiteral("dorascope-netd lacks its capability."),
                              QStringLiteral("Run: sudo setcap cap_net_raw+ep dorascope-netd"),
                              QStringLiteral("sudo setcap cap_net_raw+ep dorascope-netd")};
    QTest::mouseClick(&panel.startButton(), Qt::LeftButton);
    EXPECT_TRUE(control.served.isEmpty());
    EXPECT_TRUE(panel.notice().isVisible());
    for (QToolButton* const button : panel.notice().findChildren<QToolButton*>())
        if (button->text().contains(QStringLiteral("Copy"))) QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(QApplication::clipboard()->text(), control.problem->command);
}

TEST_F(ServeTest, EscapeGoesBack)
{
    int closed = 0;
    QObject::connect(&panel, &ServePanel::closed, [&closed] { ++closed; });
    QTest::keyClick(&panel, Qt::Key_Escape);
    EXPECT_EQ(closed, 1);
}

TEST_F(ServeTest, AMachineWithoutInterfacesIsToldWhatToDo)
{
    control.known.clear();
    panel.prepare();
    EXPECT_FALSE(panel.startButton().isEnabled());
}

struct Complaint {
    const char* name;
    ServePanel::Field field;
    const char* typed;
    ServePanel::Field at;
    const char* words; ///< part of the complaint; empty: none
};
class ServeComplaints : public ServeTest, public testing::WithParamInterface<Complaint> { };

TEST_P(ServeComplaints, AreSaidAsOneTypes)
{
    QLineEdit& edit = panel.field(GetParam().field);
    edit.clear();
    QTest::keyClicks(&edit, QLatin1String(GetParam().typed));
    const QString said = panel.complaint(GetParam().at);
    if (*GetParam().words == '\0')
        EXPECT_EQ(said, QString());
    else
        EXPECT_TRUE(said.contains(QLatin1String(GetParam().words))) << qPrintable(said);
    EXPECT_EQ(panel.startButton().isEnabled(), *GetParam().words == '\0');
}

INSTANTIATE_TEST_SUITE_P(
    Fields, ServeComplaints,
    testing::Values(Complaint{"no_address", ServePanel::first, "192.168.50", ServePanel::first, "not an IPv4 address"},
                    Complaint{"empty", ServePanel::first, "", ServePanel::first, "missing"},
                    Complaint{"outside", ServePanel::first, "192.168.51.10", ServePanel::first, "outside 192.168.50.0/24"},
                    Complaint{"reversed", ServePanel::last, "192.168.50.20", ServePanel::last, "before the first"},
                    Complaint{"broadcast", ServePanel::last, "192.168.50.255", ServePanel::last, "192.168.50.255"},
                    Complaint{"router", ServePanel::router, "gateway", ServePanel::router, "not an IPv4 address"},
                    Complaint{"dns", ServePanel::dns, "9.9.9.9, x", ServePanel::dns, "not an IPv4 address"},
                    Complaint{"lease", ServePanel::lease, "soon", ServePanel::lease, "30 min"},
                    Complaint{"lease_of_none", ServePanel::lease, "0", ServePanel::lease, "30 min"},
                    Complaint{"stop_word", ServePanel::stop, "soon", ServePanel::stop, "2 h"},
                    Complaint{"stop_never", ServePanel::stop, "infinite", ServePanel::stop, "never"},
                    Complaint{"stop_fine", ServePanel::stop, "90 min", ServePanel::stop, ""},
                    Complaint{"fine", ServePanel::lease, "2 d", ServePanel::lease, ""}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(ServeForm, LeaseTimesAreReadAsPeopleWriteThem)
{
    EXPECT_EQ(leaseSeconds(QStringLiteral("90")), 90U);
    EXPECT_EQ(leaseSeconds(QStringLiteral("30 min")), 1800U);
    EXPECT_EQ(leaseSeconds(QStringLiteral("12h")), 43200U);
    EXPECT_EQ(leaseSeconds(QStringLiteral("2 days")), 172800U);
    EXPECT_EQ(leaseSeconds(QStringLiteral("infinite")), kInfiniteSeconds);
    EXPECT_EQ(leaseSeconds(QStringLiteral("999999999 d")), std::nullopt); // past 32 bits
    EXPECT_EQ(leaseSeconds(QStringLiteral("-5 min")), std::nullopt);
}

TEST(ServeForm, EverySuggestionIsOneTheServerTakes)
{
    for (const int length : {8, 16, 22, 24, 25, 27, 28, 29, 30})
        for (const char* const address : {"10.0.0.1", "10.0.0.2"}) {
            const InterfaceChoice choice = interfaceOf("eth0", address, length);
            const ServeSuggestion values = suggestFor(choice);
            const ServeReading reading = readServeForm({values.first, values.last, {}, {}, QStringLiteral("1 h")}, choice);
            EXPECT_TRUE(reading.valid()) << address << '/' << length << ' ' << qPrintable(values.first) << '-'
                                         << qPrintable(values.last) << ' '
                                         << qPrintable(reading.problems[0] + reading.problems[1] + reading.general);
            if (!reading.valid()) continue;
            EXPECT_FALSE(reading.config.subnets.at(0).pools.at(0).contains(*choice.address)) << address << '/' << length;
        }
}

} // namespace
} // namespace dorascope::ui
