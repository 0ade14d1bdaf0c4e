// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/launch.h"

#include "app/dorascope/arguments.h"
#include "app/dorascope/session.h"
#include "app/dorascope/shots.h"
#include "engine/lab/lab.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/main_window.h"
#include "ui/views/serve_panel.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLibraryInfo>
#include <QSettings>
#include <QSocketNotifier>
#include <QTimer>

#include <csignal>
#include <cstdio>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

namespace dorascope::app {
namespace {

constexpr int kUsage = 2;

void say(std::FILE* stream, const QString& text) { std::fputs(qUtf8Printable(text), stream); }

bool waylandUsable()
{
    if (qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) return false;
    const QDir platforms(QLibraryInfo::path(QLibraryInfo::PluginsPath) + QStringLiteral("/platforms"));
    return !platforms.entryList({QStringLiteral("libqwayland*")}).isEmpty(); // a package of its own, and often not there
}

bool x11Usable()
{
    const QString display = qEnvironmentVariable("DISPLAY");
    if (display.isEmpty()) return false;
    if (!display.startsWith(QLatin1Char(':'))) return true; // a remote one: let Qt try
    const QString number = display.mid(1).section(QLatin1Char('.'), 0, 0);
    return QFile::exists(QStringLiteral("/tmp/.X11-unix/X%1").arg(number));
}

/// Qt ends the process with a core dump where there is no display. Asked first, so that a sentence can be said instead.
bool haveDisplay()
{
#ifdef Q_OS_LINUX
    return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") // whoever sets it knows why
        || waylandUsable() || x11Usable();
#else
    return true;
#endif
}

/// The scenario looked at last; the three clients for who is new, or when it is none any more.
QString scenarioToShow(const Arguments& arguments, const QSettings& settings)
{
    if (!arguments.scenario.isEmpty()) return arguments.scenario;
    const QString last = settings.value(QStringLiteral("scenario")).toString();
    return lab::scenario(last.toStdString()) ? last : QStringLiteral("three-clients");
}

void open(Session& session, ui::MainWindow& window, const Arguments& arguments, const QSettings& settings)
{
    if (!arguments.file.isEmpty()) return session.openCapture(arguments.file);
    if (!arguments.watch.isEmpty()) return session.watch(arguments.watch);
    session.openLab(scenarioToShow(arguments, settings));
    if (arguments.serve.isEmpty()) return;
    window.showPage(ui::MainWindow::servePage);
    QComboBox& box = window.servePanel().interfaceBox();
    if (const int at = box.findData(arguments.serve); at >= 0)
        box.setCurrentIndex(at);
    else if (const auto problem = session.preflight(arguments.serve))
        Q_EMIT session.failed(*problem);
}

ui::Appearance rememberedTheme(const QSettings& settings)
{
    const QString name = settings.value(QStringLiteral("theme")).toString();
    if (name == QLatin1String("dark")) return ui::Appearance::dark;
    return name == QLatin1String("light") ? ui::Appearance::light : ui::Appearance::system;
}

/// SIGINT and SIGTERM end the program as closing the window does, so that a server stops cleanly and settings are kept.
class SignalsClose {
public:
    explicit SignalsClose(ui::MainWindow& window)
    {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_) != 0) return;
        notifier_ = std::make_unique<QSocketNotifier>(ends_[1], QSocketNotifier::Read);
        QObject::connect(notifier_.get(), &QSocketNotifier::activated, &window, [&window] {
            window.leave();
            QApplication::quit();
        });
        for (const int number : {SIGINT, SIGTERM})
            std::signal(number, [](int) {
                const char byte = 0;
                [[maybe_unused]] const auto written = ::write(ends_[0], &byte, 1); // the only thing allowed here
            });
    }

private:
    static inline int ends_[2] = {-1, -1};
    std::unique_ptr<QSocketNotifier> notifier_;
};

int runWindow(QApplication& app, const Arguments& arguments, const QElapsedTimer& sinceStart)
{
    QSettings settings;
    ui::Theme& theme = ui::Theme::of(app);
    theme.setAppearance(arguments.theme.value_or(rememberedTheme(settings)));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/dorascope.svg")));
    Session session;
    ui::MainWindow window(session.scope(), session, settings);
    const bool asked =
        !arguments.file.isEmpty() || !arguments.watch.isEmpty() || !arguments.serve.isEmpty() || !arguments.scenario.isEmpty();
    if (asked) window.setWelcomeVisible(false);
    open(session, window, arguments, settings);
    window.show();
    const SignalsClose signalsClose(window);
    // DORASCOPE_MEASURE_START=1: how long until the first message was on screen, and end. For tests/bench/README.md.
    if (qEnvironmentVariableIsSet("DORASCOPE_MEASURE_START")) {
        auto* const watch = new QTimer(&app);
        QObject::connect(watch, &QTimer::timeout, &app, [&] {
            if (session.scope().state().messages().empty()) return;
            window.repaint();
            std::printf("first message painted after %lld ms\n", static_cast<long long>(sinceStart.elapsed()));
            QApplication::quit();
        });
        watch->start(1);
    }
    return QApplication::exec();
}

} // namespace

int launch(int argc, char** argv)
{
    QElapsedTimer sinceStart;
    sinceStart.start();
    std::signal(SIGPIPE, SIG_IGN); // a helper that ended is reported, not died of
    QCoreApplication::setOrganizationName(QStringLiteral("dorascope"));
    QCoreApplication::setApplicationName(QStringLiteral("dorascope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(DORASCOPE_VERSION));
    QStringList line;
    for (int i = 0; i < argc; ++i)
        line << QString::fromLocal8Bit(argv[i]);
    const Arguments arguments = readArguments(line);
    if (!arguments.error.isEmpty()) {
        say(stderr, QStringLiteral("dorascope: %1\n").arg(arguments.error));
        return kUsage;
    }
    if (arguments.help) return say(stdout, helpText()), 0;
    if (arguments.version) return say(stdout, QStringLiteral("dorascope %1\n").arg(QStringLiteral(DORASCOPE_VERSION))), 0;
    if (!arguments.shots.isEmpty()) return takeShots(argc, argv, arguments.shots);
    if (!haveDisplay()) {
        say(stderr,
            QStringLiteral(
                "dorascope: There is no display to open a window on; start it in a desktop session (or with ssh -X), or see "
                "the same lab in the terminal: dorascope-cli demo\n"));
        return kUsage;
    }
    QGuiApplication::setDesktopFileName(QStringLiteral("org.dorascope.DoraScope"));
    QApplication app(argc, argv);
    return runWindow(app, arguments, sinceStart);
}

} // namespace dorascope::app
