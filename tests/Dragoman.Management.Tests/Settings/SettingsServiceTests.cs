using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Settings;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Settings;

/// <summary>Settings and the configuration's file: shown without secrets, changed by version, and never to what could not be used.</summary>
public sealed class SettingsServiceTests
{
    private const string Text = "# mine\nrequest-retry: 2\napi-keys: [ secret-of-a-client ]\n";

    [Fact]
    public async Task Single_keys_are_changed_in_place_and_come_into_force()
    {
        await using var fixture = await ManagementFixture.StartAsync(Text);
        var settings = fixture.Get<SettingsService>();
        var before = await settings.GetAsync(default);
        before.Settings.Single(setting => setting.Path == "request-retry").ShouldSatisfyAllConditions(setting => setting.Value!.GetValue<int>().ShouldBe(2), setting => setting.Origin.ShouldBe("file"));
        before.Settings.Select(setting => setting.Value?.ToJsonString() ?? "").ShouldAllBe(value => !value.Contains("secret-of-a-client", StringComparison.Ordinal));
        var changed = await settings.ChangeAsync([new("request-retry", JsonValue.Create(5)), new("host", JsonValue.Create("127.0.0.1"))], before.Version, ManagementFixture.Owner, default).ValueAsync();
        (changed.Changed, changed.NeedsRestart.Single(), changed.Version == before.Version).ShouldBe((true, "host", false));
        fixture.Get<Func<GatewayConfig>>()().Retry.Rounds.ShouldBe(5);
        (await File.ReadAllTextAsync(fixture.ConfigPath)).ShouldStartWith("# mine\nrequest-retry: 5\n");
        (await settings.ChangeAsync([new("request-retry", JsonValue.Create(5))], null, ManagementFixture.Owner, default).ValueAsync()).Changed.ShouldBeFalse();
        Directory.GetFiles(Path.Combine(fixture.TemporaryFolder, "backups")).ShouldHaveSingleItem();
        (await fixture.AuditAsync()).ShouldBe([$"settings.change request-retry, host done version {changed.Version.Trim('"')}"]);
    }

    [Fact]
    public async Task A_change_made_from_an_older_version_is_refused_with_the_current_one()
    {
        await using var fixture = await ManagementFixture.StartAsync(Text);
        var settings = fixture.Get<SettingsService>();
        var version = (await settings.GetAsync(default)).Version;
        (await settings.WriteFileAsync(Text + "debug: true\n", "\"older\"", ManagementFixture.Owner, default).ErrorAsync(VersionConflict, "version_changed")).CurrentVersion.ShouldBe(version);
        (await settings.ChangeAsync([new("debug", JsonValue.Create(true))], "\"older\"", ManagementFixture.Owner, default).ErrorAsync(VersionConflict, "version_changed")).CurrentVersion.ShouldBe(version);
        (await settings.WriteFileAsync(Text + "debug: true\n", "*", ManagementFixture.Owner, default).ValueAsync()).Changed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_could_not_be_used_is_not_written_and_every_finding_has_its_place()
    {
        await using var fixture = await ManagementFixture.StartAsync(Text);
        var settings = fixture.Get<SettingsService>();
        var error = await settings.WriteFileAsync("request-retry: many\nrouting: { strategy: odd }\n", null, ManagementFixture.Owner, default).ErrorAsync(Unusable, "configuration_unusable");
        error.Findings.Select(finding => (finding.Field, finding.Line, finding.IsWarning)).ShouldBe([("request-retry", 1, false), ("routing.strategy", 2, false)], ignoreOrder: true);
        error.Findings.ShouldAllBe(finding => finding.Fix != null);
        (await settings.ChangeAsync([], null, ManagementFixture.Owner, default)).Failed(Invalid, "invalid_value");
        (await settings.ChangeAsync([new("api-keys[9]", JsonValue.Create("x"))], null, ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("api-keys[9]");
        (await File.ReadAllTextAsync(fixture.ConfigPath)).ShouldBe(Text);
        (await fixture.AuditAsync()).ShouldAllBe(line => line.Contains(" refused ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_are_marks_that_a_text_may_keep_and_to_see_them_is_on_record()
    {
        await using var fixture = await ManagementFixture.StartAsync(Text);
        var settings = fixture.Get<SettingsService>();
        var shown = await settings.ReadFileAsync(showSecrets: false, ManagementFixture.Owner, default).ValueAsync();
        shown.Text.ShouldContain("<hidden-");
        shown.Text.ShouldNotContain("secret-of-a-client");
        await settings.WriteFileAsync(shown.Text + "debug: true\n", shown.Version, ManagementFixture.Owner, default).ValueAsync();
        (await settings.ReadFileAsync(showSecrets: true, ManagementFixture.Owner, default).ValueAsync()).Text.ShouldBe(Text + "debug: true\n");
        (await settings.WriteFileAsync("api-keys: [ <hidden-0123456789abcdef> ]\n", null, ManagementFixture.Owner, default)).Failed(Invalid, "unknown_mark");
        (await fixture.AuditAsync()).ShouldContain("settings.read-raw config done");
    }

    [Fact]
    public async Task Without_a_file_there_is_nothing_to_read_or_change()
    {
        await using var fixture = await ManagementFixture.StartAsync(Text, hasFile: false);
        var settings = fixture.Get<SettingsService>();
        (await settings.ChangeAsync([new("debug", JsonValue.Create(true))], null, ManagementFixture.Owner, default).ErrorAsync(Conflict, "no_configuration_file")).Fix.ShouldNotBeNull();
        await settings.ReadFileAsync(false, ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        await using var broken = await ManagementFixture.StartAsync(Text);
        await File.WriteAllTextAsync(broken.ConfigPath, "a: [ b\n");
        await broken.Get<SettingsService>().ReadFileAsync(false, ManagementFixture.Owner, default).ErrorAsync(Conflict, "configuration_unreadable");
    }
}
