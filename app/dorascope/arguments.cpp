// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/arguments.h"

#include "engine/lab/lab.h"

#include <QCommandLineParser>

namespace dorascope::app {
namespace {

constexpr struct {
    const char* name;
    ui::Appearance appearance;
} kThemes[] = {{"light", ui::Appearance::light}, {"dark", ui::Appearance::dark}, {"system", ui::Appearance::system}};

void describe(QCommandLineParser& parser)
{
    parser.addOptions({
        {{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Show this help.")},
        {{QStringLiteral("v"), QStringLiteral("version")}, QStringLiteral("Show the version.")},
        {QStringLiteral("scenario"), QStringLiteral("Show this virtual LAN."), QStringLiteral("NAME")},
        {QStringLiteral("serve"), QStringLiteral("Set up a server on this interface."), QStringLiteral("INTERFACE")},
        {QStringLiteral("watch"), QStringLiteral("Watch this interface."), QStringLiteral("INTERFACE")},
        {QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("THEME")},
        {QStringLiteral("shots"), QStringLiteral("Write pictures of every page."), QStringLiteral("FOLDER")},
    });
    parser.addPositionalArgument(QStringLiteral("FILE"),
                                 QStringLiteral("A capture to open (pcap or pcapng), or a pipe with one; - is standard input."));
}

QString scenarioNames()
{
    QStringList names;
    for (const lab::ScenarioRow& row : lab::scenarios())
        names << QString::fromUtf8(row.name.data(), static_cast<qsizetype>(row.name.size()));
    return names.join(QStringLiteral(", "));
}

QString check(const Arguments& arguments, const QStringList& files, const QString& theme)
{
    if (files.size() > 1)
        return QStringLiteral("Only one capture can be opened at a time; leave out %1.").arg(files.mid(1).join(QLatin1Char(' ')));
    const int sources =
        !arguments.file.isEmpty() + !arguments.scenario.isEmpty() + !arguments.serve.isEmpty() + !arguments.watch.isEmpty();
    if (sources > 1)
        return QStringLiteral(
            "FILE, --scenario, --serve and --watch each name a source, and there can be one; leave out the others.");
    if (!arguments.scenario.isEmpty() && !lab::scenario(arguments.scenario.toStdString()))
        return QStringLiteral("There is no scenario \"%1\"; choose one of: %2.").arg(arguments.scenario, scenarioNames());
    if (!theme.isEmpty() && !arguments.theme)
        return QStringLiteral("There is no theme \"%1\"; choose light, dark or system.").arg(theme);
    return {};
}

} // namespace

Arguments readArguments(const QStringList& line)
{
    QCommandLineParser parser;
    describe(parser);
    Arguments arguments;
    if (!parser.parse(line)) {
        QString what = parser.errorText();
        while (what.endsWith(QLatin1Char('.')))
            what.chop(1);
        arguments.error = what + QStringLiteral("; dorascope --help lists the options.");
        return arguments;
    }
    arguments.help = parser.isSet(QStringLiteral("help"));
    arguments.version = parser.isSet(QStringLiteral("version"));
    const QStringList files = parser.positionalArguments();
    arguments.file = files.value(0);
    arguments.scenario = parser.value(QStringLiteral("scenario"));
    arguments.serve = parser.value(QStringLiteral("serve"));
    arguments.watch = parser.value(QStringLiteral("watch"));
    arguments.shots = parser.value(QStringLiteral("shots"));
    const QString theme = parser.value(QStringLiteral("theme"));
    for (const auto& row : kThemes)
        if (theme == QLatin1String(row.name)) arguments.theme = row.appearance;
    arguments.error = check(arguments, files, theme);
    return arguments;
}

QString helpText()
{
    QCommandLineParser parser;
    describe(parser);
    QString options = parser.helpText();
    // Qt's first line names the file that was started, or nothing before there is a QCoreApplication; and FILE may be left out.
    options.replace(0, options.indexOf(QLatin1Char('\n')), QStringLiteral("Usage: dorascope [options] [FILE]"));
    return QStringLiteral(
               "DoraScope shows every DHCP handshake as it happens: on a virtual LAN, on an interface, from a capture file.\n\n")
        + options
        + QStringLiteral("\nExamples:\n"
                         "  dorascope                          the virtual LAN, three clients\n"
                         "  dorascope --scenario rogue         a second server races (scenarios: %1)\n"
                         "  dorascope office.pcapng            a capture file\n"
                         "  ssh gw tcpdump -w - -U port 67 | dorascope -\n"
                         "  dorascope --watch eth0             a real LAN, whoever serves it\n"
                         "  dorascope --serve eth1             set up a server on eth1\n")
              .arg(scenarioNames());
}

} // namespace dorascope::app
