// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/shots.h"

#include "app/dorascope/session.h"
#include "ui/theme/theme.h"
#include "ui/views/exchange_table.h"
#include "ui/views/inspector.h"
#include "ui/views/ladder_view.h"
#include "ui/views/lease_actions.h"
#include "ui/views/leases_page.h"
#include "ui/views/live_page.h"
#include "ui/views/main_window.h"

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QSettings>
#include <QTemporaryDir>
#include <QThread>

#include <cstdio>

namespace dorascope::app {
namespace {

using namespace std::chrono_literals;
using ui::MainWindow;

struct Shot {
    const char* name;
    const char* scenario;
    Duration at; ///< since the scenario's start
    MainWindow::Page page;
    ui::Inspector::Tab tab;
    QSize size;
    Duration playhead{}; ///< since the start; 0: live
    bool question = false; ///< of deleting the chosen lease
    bool trouble = false; ///< the server has something to say
};
const Shot kShots[] = {
    {"live", "three-clients", 1s, MainWindow::live, ui::Inspector::why, {1440, 900}},
    {"live-small", "three-clients", 1s, MainWindow::live, ui::Inspector::why, {1024, 700}},
    {"live-rogue", "rogue", 6s, MainWindow::live, ui::Inspector::why, {1440, 900}},
    {"live-office", "office", 90s, MainWindow::live, ui::Inspector::fields, {1440, 900}},
    {"live-past", "office", 90s, MainWindow::live, ui::Inspector::why, {1440, 900}, 35s},
    {"bytes", "three-clients", 1s, MainWindow::live, ui::Inspector::bytes, {1440, 900}},
    {"leases", "office", 40min, MainWindow::leases, ui::Inspector::why, {1440, 900}},
    {"leases-small", "office", 40min, MainWindow::leases, ui::Inspector::why, {1024, 700}},
    {"leases-delete", "office", 40min, MainWindow::leases, ui::Inspector::why, {1440, 900}, 0s, true},
    {"leases-notices", "office", 40min, MainWindow::leases, ui::Inspector::why, {1440, 900}, 0s, false, true},
    {"leases-notices-small", "office", 40min, MainWindow::leases, ui::Inspector::why, {1024, 700}, 0s, false, true},
    {"serve", "three-clients", 1s, MainWindow::servePage, ui::Inspector::why, {1440, 900}},
    {"serve-small", "three-clients", 1s, MainWindow::servePage, ui::Inspector::why, {1024, 700}},
    {"servers", "rogue", 6s, MainWindow::servers, ui::Inspector::why, {1440, 900}},
    {"servers-small", "rogue", 6s, MainWindow::servers, ui::Inspector::why, {1024, 700}},
    {"charts", "office", 40min, MainWindow::charts, ui::Inspector::why, {1440, 900}},
    {"charts-small", "office", 40min, MainWindow::charts, ui::Inspector::why, {1024, 700}},
};

/// The lab, on a machine that is the same everywhere: its interfaces are in the pictures, and its server takes orders.
class ShotSession : public Session {
public:
    bool trouble = false;
    QList<ui::InterfaceChoice> interfaces() const override
    {
        const auto address = Ipv4Address::parse("192.168.50.1");
        return {{QStringLiteral("enp3s0"), true, true, true, false, address, Ipv4Prefix::of(*address, 24)},
                {QStringLiteral("wlp2s0"), true, false, true, false, std::nullopt, {}}};
    }
    ui::SourceStatus status() const override
    {
        ui::SourceStatus status = Session::status();
        status.takesOrders = true;
        if (trouble) say(status);
        return status;
    }
    std::optional<ui::Problem> preflight(const QString&) const override { return std::nullopt; }

private:
    static void say(ui::SourceStatus& status)
    {
        const Instant noon{1'700'000'000s};
        status.kind = ui::SourceKind::serve;
        status.serverDrops = {{QStringLiteral("damaged"), 12}, {QStringLiteral("not sent"), 3}};
        status.unanswered = {{QStringLiteral("of denied classes"), 2}, {QStringLiteral("with no address left"), 40}};
        status.notices = {
            {noon, QStringLiteral("Interface enp3s0 has lost its carrier (cable or access point)."), false},
            {noon + 4s, QStringLiteral("Interface enp3s0 has a carrier again."), false},
            {noon + 90s,
             QStringLiteral("The lease file leases-enp3s0.sqlite cannot be written: no space left on device. Free "
                            "some space. What it cannot keep is not answered; it is tried anew with every message."),
             true}};
    }
};

/// One for somebody who has not come yet, one that the configuration has, and one that is leased.
models::Reservations reserved()
{
    const auto at = [](const char* text) { return *Ipv4Address::parse(text); };
    return std::make_shared<const std::vector<models::ReservedAddress>>(std::vector<models::ReservedAddress>{
        {at("192.168.1.20"), QStringLiteral("3c:22:fb:0a:01:02"), QStringLiteral("printer"), true},
        {at("192.168.1.30"), QStringLiteral("what hangs on circuit 67652d302f302f37"), {}, false},
        {at("192.168.1.101"), QStringLiteral("02:00:00:00:00:07"), {}, true}});
}

/// The fifth message is the second client's offer: the one with a rejected candidate to tell of.
observe::MessageId worthShowing(const observe::LanState& state)
{
    observe::MessageId best = 0;
    std::size_t offers = 0;
    for (observe::MessageId id = 0; id < state.messages().size() && offers < 2; ++id)
        if (state.messages()[id].type == MessageType::offer) {
            best = id;
            ++offers;
        }
    return best;
}

void useFonts(ui::Theme& theme)
{
    QFont text = theme.textFont(), number = theme.numberFont();
    if (QFontDatabase::hasFamily(QStringLiteral("Inter"))) text = QFont(QStringLiteral("Inter"));
    if (QFontDatabase::hasFamily(QStringLiteral("JetBrains Mono"))) number = QFont(QStringLiteral("JetBrains Mono"));
    text.setPointSizeF(9.75);
    theme.setFonts(text, number);
}

/// Layouts, filters and charts finish in later turns of the event loop; charts wait for a timer of theirs.
void settle()
{
    for (int turn = 0; turn < 30; ++turn) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(8);
    }
}

bool take(const Shot& shot, const QDir& folder, QSettings& settings, ui::Theme& theme)
{
    ShotSession session;
    session.trouble = shot.trouble;
    MainWindow window(session.scope(), session, settings);
    window.livePage().ladder().setAnimated(false);
    window.livePage().table().setAnimated(false);
    session.openLab(QLatin1String(shot.scenario));
    session.showLabAt(shot.at);
    if (shot.trouble) session.scope().setReservations(reserved());
    window.resize(shot.size);
    window.showPage(shot.page);
    if (shot.playhead > 0s) {
        session.scope().setPlayhead(session.scope().state().messages().front().at + shot.playhead);
        session.tick(0ns);
    }
    session.scope().selectMessage(worthShowing(session.scope().state()));
    window.inspector().showTab(shot.tab);
    window.show();
    settle();
    if (shot.question) {
        ui::LeasesPage& page = window.leasesPage();
        page.table().setCurrentIndex(page.leases().index(3, 0));
        page.actions().action(ui::LeaseOrder::erase).trigger();
    }
    for (const auto appearance : {ui::Appearance::light, ui::Appearance::dark}) {
        theme.setAppearance(appearance);
        settle();
        const QString path = folder.filePath(
            QStringLiteral("%1-%2.png")
                .arg(QLatin1String(shot.name), theme.isDark() ? QStringLiteral("dark") : QStringLiteral("light")));
        if (!window.grab().save(path, "PNG")) {
            std::fprintf(stderr, "dorascope: %s could not be written; choose a folder that you may write to.\n",
                         qUtf8Printable(path));
            return false;
        }
        std::puts(qUtf8Printable(path));
    }
    return true;
}

} // namespace

int takeShots(int& argc, char** argv, const QString& folder)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("TZ", "UTC"); // clock times are in the pictures
    QApplication app(argc, argv);
    const QDir out(folder);
    if (!out.mkpath(QStringLiteral("."))) {
        std::fprintf(stderr, "dorascope: The folder %s cannot be made; choose one that you may write to.\n",
                     qUtf8Printable(folder));
        return 2;
    }
    const QTemporaryDir scratch;
    QSettings settings(scratch.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    settings.setValue(QStringLiteral("welcomed"), true);
    ui::Theme& theme = ui::Theme::of(app);
    useFonts(theme);
    for (const Shot& shot : kShots) {
        theme.setAppearance(ui::Appearance::light);
        if (!take(shot, out, settings, theme)) return 2;
    }
    return 0;
}

} // namespace dorascope::app
