// SPDX-License-Identifier: GPL-3.0-or-later
// The program itself: its command line, a machine without a display, its pictures.
#include <gtest/gtest.h>
#include <QDir>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>

namespace dorascope {
namespace {

struct Ended {
    int status = -1;
    QString out, err;
};

Ended run(const QStringList& arguments, const QStringList& without = {}, const QString& settings = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& name : without)
        environment.remove(name);
    if (!settings.isEmpty()) environment.insert(QStringLiteral("XDG_CONFIG_HOME"), settings);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(DORASCOPE_BIN_DIR "/dorascope"), arguments);
    process.waitForFinished(120'000);
    const bool ended = process.state() == QProcess::NotRunning && process.exitStatus() == QProcess::NormalExit;
    return {ended ? process.exitCode() : -1, QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

const QStringList kDisplay{QStringLiteral("DISPLAY"), QStringLiteral("WAYLAND_DISPLAY"), QStringLiteral("QT_QPA_PLATFORM")};

TEST(Program, WithoutADisplaySaysSoAndWhatToDo)
{
    const Ended ended = run({}, kDisplay);
    EXPECT_EQ(ended.status, 2);
    EXPECT_TRUE(ended.err.contains(QStringLiteral("no display"))) << qPrintable(ended.err);
    EXPECT_TRUE(ended.err.contains(QStringLiteral("dorascope-cli demo"))) << qPrintable(ended.err);
    EXPECT_EQ(ended.err.count(QLatin1Char('\n')), 1);
}

TEST(Program, AMistakeIsSaidInOneSentenceWithStatusTwo)
{
    for (const QString& argument :
         {QStringLiteral("--nonsense"), QStringLiteral("--scenario=none"), QStringLiteral("--theme=pink")}) {
        const Ended ended = run({argument}, kDisplay);
        EXPECT_EQ(ended.status, 2) << qPrintable(argument);
        EXPECT_TRUE(ended.err.startsWith(QStringLiteral("dorascope: "))) << qPrintable(ended.err);
        EXPECT_EQ(ended.err.count(QLatin1Char('\n')), 1) << qPrintable(ended.err);
        EXPECT_EQ(ended.out, QString());
    }
}

TEST(Program, HelpNeedsNoDisplay)
{
    const Ended ended = run({QStringLiteral("--help")}, kDisplay);
    EXPECT_EQ(ended.status, 0);
    EXPECT_TRUE(ended.out.contains(QStringLiteral("--shots"))) << qPrintable(ended.out);
    EXPECT_TRUE(ended.out.contains(QStringLiteral("Examples:"))) << qPrintable(ended.out);
}

TEST(Program, PicturesAreTheSameEachTime)
{
    const QTemporaryDir folder;
    const auto shoot = [&folder](const char* name) {
        const Ended ended = run({QStringLiteral("--shots"), folder.filePath(QLatin1String(name))}, kDisplay, folder.path());
        EXPECT_EQ(ended.status, 0) << qPrintable(ended.err);
        return ended.out.count(QStringLiteral(".png"));
    };
    const auto count = shoot("a");
    EXPECT_GE(count, 10);
    EXPECT_EQ(shoot("b"), count);
    const QDir first(folder.filePath(QStringLiteral("a")));
    for (const QString& name : first.entryList({QStringLiteral("*.png")})) {
        const QImage one(first.filePath(name)), other(folder.filePath(QStringLiteral("b/") + name));
        EXPECT_FALSE(one.isNull()) << qPrintable(name);
        EXPECT_EQ(one, other) << qPrintable(name);
    }
}

} // namespace
} // namespace dorascope
