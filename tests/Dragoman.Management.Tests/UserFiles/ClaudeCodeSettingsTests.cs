using System.Text.Json.Nodes;
using Dragoman.Management.Tests.Support;
using Dragoman.Management.UserFiles;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.UserFiles;

/// <summary>Claude Code's settings are another program's file: changed only where it was allowed, whole, in one step, and with the former text kept.</summary>
public sealed class ClaudeCodeSettingsTests
{
    private const string Allowed = "surfaces: { write-user-files: true }\n";

    private static readonly KeyValuePair<string, string?>[] Address = [new("ANTHROPIC_BASE_URL", "http://localhost:8081"), new("ANTHROPIC_AUTH_TOKEN", null)];

    [Theory]
    [InlineData("", true, "user_files_not_allowed")]
    [InlineData("surfaces: { write-user-files: false }\n", true, "user_files_not_allowed")]
    [InlineData(Allowed, false, "user_files_are_local")]
    public async Task Without_permission_nothing_is_shown_and_nothing_written(string yaml, bool isLocal, string code)
    {
        await using var fixture = await ManagementFixture.StartAsync(yaml);
        var settings = fixture.Get<ClaudeCodeSettings>();
        var file = Write(fixture, """{"env":{"ANTHROPIC_API_KEY":"own"}}""");
        (await settings.ReadAsync(isLocal, default)).Failed(Forbidden, code);
        (await ChangeAsync(settings, isLocal)).Failed(Forbidden, code);
        (await File.ReadAllTextAsync(file)).ShouldBe("""{"env":{"ANTHROPIC_API_KEY":"own"}}""");
        Directory.GetFiles(Path.GetDirectoryName(file)!).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_made_for_its_owner_alone()
    {
        await using var fixture = await ManagementFixture.StartAsync(Allowed);
        var settings = fixture.Get<ClaudeCodeSettings>();
        (await settings.ReadAsync(true, default)).Done().Settings.ShouldBeEmpty();
        Directory.Exists(fixture.HomeFolder).ShouldBeFalse("reading makes nothing");
        (await ChangeAsync(settings)).Done().Settings.ToJsonString().ShouldBe("""{"env":{"ANTHROPIC_BASE_URL":"http://localhost:8081"}}""");
        var file = Path.Combine(fixture.HomeFolder, ".claude", "settings.json");
        settings.FilePath.ShouldBe(file);
        JsonNode.Parse(await File.ReadAllTextAsync(file))!["env"]!["ANTHROPIC_BASE_URL"]!.GetValue<string>().ShouldBe("http://localhost:8081");
        if (!OperatingSystem.IsWindows()) (File.GetUnixFileMode(file), File.GetUnixFileMode(Path.GetDirectoryName(file)!)).ShouldBe((Owner, Owner | UnixFileMode.UserExecute));
        Backups(file).ShouldBeEmpty();
        (await fixture.AuditAsync()).ShouldBe([$"user-file.change {file} done its address"]);
    }

    [Fact]
    public async Task What_is_not_named_stays_and_the_former_text_is_kept()
    {
        await using var fixture = await ManagementFixture.StartAsync(Allowed);
        var settings = fixture.Get<ClaudeCodeSettings>();
        const string Old = "{\n  \"permissions\": { \"allow\": [\"Bash(ls:*)\"], \"limit\": 12345678901234567890.50 },\n  \"env\": { \"ANTHROPIC_AUTH_TOKEN\": \"old\", \"OTHER\": \"größer <&>\" },\n  \"model\": \"opus\"\n}\n";
        var file = Write(fixture, Old);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        (await ChangeAsync(settings)).Done();
        var text = await File.ReadAllTextAsync(file);
        foreach (var kept in (string[])["\"Bash(ls:*)\"", "12345678901234567890.50", "\"größer <&>\"", "\"model\": \"opus\""]) text.ShouldContain(kept);
        text.ShouldNotContain("ANTHROPIC_AUTH_TOKEN");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(Owner, "there is a key in it now");
        var backup = Backups(file).ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(backup)).ShouldBe(Old);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(backup).ShouldBe(Owner);
        (await ChangeAsync(settings)).Done();
        Backups(file).Length.ShouldBe(1, "the same once more is no change");
    }

    [Fact]
    public async Task A_link_stays_a_link_and_only_the_last_ten_texts_are_kept()
    {
        await using var fixture = await ManagementFixture.StartAsync(Allowed);
        var settings = fixture.Get<ClaudeCodeSettings>();
        var real = Path.Combine(fixture.TemporaryFolder, "dotfiles.json");
        await File.WriteAllTextAsync(real, "{}");
        Directory.CreateDirectory(Path.GetDirectoryName(settings.FilePath)!);
        File.CreateSymbolicLink(settings.FilePath, real);
        for (var number = 0; number < 12; number++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            var value = $"{number}";
            (await settings.ChangeAsync(one => ClaudeCodeSettings.SetEnvironment(one, [new("NUMBER", value)]), "a number", true, ManagementFixture.Owner, default)).Done();
        }

        new FileInfo(settings.FilePath).LinkTarget.ShouldBe(real);
        (await File.ReadAllTextAsync(real)).ShouldContain("\"11\"");
        var backups = Backups(settings.FilePath);
        backups.Length.ShouldBe(10);
        (await File.ReadAllTextAsync(backups.Order(StringComparer.Ordinal).Last())).ShouldContain("\"10\"");
    }

    [Theory]
    [InlineData("{ // a comment\n}")]
    [InlineData("[]")]
    [InlineData("{\"env\":{},\"env\":{}}")]
    [InlineData("{\"env\":")]
    public async Task A_file_that_cannot_be_read_is_left_alone(string text)
    {
        await using var fixture = await ManagementFixture.StartAsync(Allowed);
        var settings = fixture.Get<ClaudeCodeSettings>();
        var file = Write(fixture, text);
        (await settings.ReadAsync(true, default)).Failed(Conflict, "user_file_unreadable");
        (await ChangeAsync(settings)).Failed(Conflict, "user_file_unreadable");
        (await File.ReadAllTextAsync(file)).ShouldBe(text);
        Backups(file).ShouldBeEmpty();
    }

    private static UnixFileMode Owner => UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static Task<ManagementResult<ClaudeCodeSettingsView>> ChangeAsync(ClaudeCodeSettings settings, bool isLocal = true)
        => settings.ChangeAsync(static one => ClaudeCodeSettings.SetEnvironment(one, Address), "its address", isLocal, ManagementFixture.Owner, default);

    private static string Write(ManagementFixture fixture, string text)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(fixture.HomeFolder, ".claude")).FullName, "settings.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static string[] Backups(string file) => Directory.GetFiles(Path.GetDirectoryName(file)!, "*.bak-*");
}
