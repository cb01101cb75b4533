using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Settings;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Settings;

/// <summary>The history of the configuration's file: who changed what, shown without secrets, restored with them.</summary>
public sealed class ConfigHistoryTests
{
    private const string First = "# mine\nrequest-retry: 2\napi-keys: [ secret-of-a-client ]\n";

    [Fact]
    public async Task Every_accepted_change_is_an_entry_with_who_and_what()
    {
        await using var fixture = await ManagementFixture.StartAsync(First);
        var (settings, history) = (fixture.Get<SettingsService>(), fixture.Get<ConfigHistoryService>());
        await settings.ChangeAsync([new("request-retry", JsonValue.Create(5)), new("debug", JsonValue.Create(true))], null, new Actor("cli", "127.0.0.1"), default).ValueAsync();
        await settings.ChangeAsync([new("request-retry", JsonValue.Create(5))], null, ManagementFixture.Owner, default).ValueAsync();
        await settings.WriteFileAsync("request-retry: many\n", "*", ManagementFixture.Owner, default).ErrorAsync(Unusable, "configuration_unusable");
        await settings.WriteFileAsync(First, "*", ManagementFixture.Owner, default).ValueAsync();
        var view = await history.ListAsync(null, null, default).ValueAsync();
        view.Entries.Select(entry => (entry.Version, entry.Actor, entry.Source, entry.Summary, entry.Current)).ShouldBe(
        [
            ("3", "management", "192.0.2.1", "debug, request-retry", true), ("2", "cli", "127.0.0.1", "debug, request-retry", false), ("1", "file", "config.yaml", "as it was found", false),
        ]);
        view.Entries[0].Bytes.ShouldBe(First.Length);
        var page = await history.ListAsync(2, null, default).ValueAsync();
        (page.Entries.Count, page.Next).ShouldBe((2, "2"));
        (await history.ListAsync(2, page.Next, default).ValueAsync()).Entries.ShouldHaveSingleItem().Version.ShouldBe("1");
        (await history.ListAsync(0, null, default)).Failed(Invalid, "invalid_value");
        (await history.ListAsync(null, "x", default)).Failed(Invalid, "invalid_value");
    }

    [Fact]
    public async Task What_an_editor_writes_is_an_entry_too()
    {
        await using var fixture = await ManagementFixture.StartAsync(First);
        var follower = fixture.Get<ConfigHistoryFollower>();
        await File.WriteAllTextAsync(fixture.ConfigPath, First + "debug: true\n");
        fixture.Get<ConfigWatcher>().Reload();
        await follower.SettleAsync();
        await fixture.Get<SettingsService>().ChangeAsync([new("debug", null)], null, ManagementFixture.Owner, default).ValueAsync();
        await follower.SettleAsync();
        var entries = (await fixture.Get<ConfigHistoryService>().ListAsync(null, null, default).ValueAsync()).Entries;
        entries.Select(entry => (entry.Actor, entry.Summary)).ShouldBe([("management", "debug"), ("editor", "debug"), ("file", "as it was found")]);
    }

    [Fact]
    public async Task A_version_is_shown_without_its_secrets_and_restored_with_them()
    {
        await using var fixture = await ManagementFixture.StartAsync(First);
        var (settings, history) = (fixture.Get<SettingsService>(), fixture.Get<ConfigHistoryService>());
        await settings.WriteFileAsync("api-keys: [ another-client-secret ]\nport: 9000\n", "*", ManagementFixture.Owner, default).ValueAsync();
        var shown = await history.GetAsync("1", default).ValueAsync();
        shown.Text.ShouldStartWith("# mine\nrequest-retry: 2\napi-keys: [ <hidden-");
        shown.Text.ShouldNotContain("secret-of-a-client");
        await history.RestoreAsync("1", "\"older\"", ManagementFixture.Owner, default).ErrorAsync(VersionConflict, "version_changed");
        var restored = await history.RestoreAsync("1", (await settings.GetAsync(default)).Version, ManagementFixture.Owner, default).ValueAsync();
        (restored.Changed, string.Join(' ', restored.NeedsRestart)).ShouldBe((true, "port"));
        (await File.ReadAllTextAsync(fixture.ConfigPath)).ShouldBe(First);
        fixture.Get<Func<GatewayConfig>>()().ApiKeys.ShouldBe(["secret-of-a-client"]);
        (await history.ListAsync(1, null, default).ValueAsync()).Entries.Single().Summary.ShouldBe("version 1 restored: api-keys[0], port, request-retry");
        (await fixture.AuditAsync())[^1].ShouldStartWith("settings.restore config done version 1 restored; version ");
        await history.GetAsync("7", default).ErrorAsync(NotFound, "not_found");
        await history.RestoreAsync("x", "*", ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        // Nothing of a secret stands in the store as it is.
        var kept = await fixture.Store.Settings.ListAsync();
        kept.Count(setting => setting.Name.StartsWith("config-history.", StringComparison.Ordinal)).ShouldBe(3);
        kept.Select(setting => setting.Value + System.Text.Encoding.UTF8.GetString(setting.Secret.Span)).ShouldAllBe(text => !text.Contains("secret-of-a-client", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_oldest_entries_go_by_number_and_by_size()
    {
        await using var fixture = await ManagementFixture.StartAsync(First);
        var history = fixture.Get<ConfigHistory>();
        for (var number = 1; number <= ConfigHistory.MostEntries + 5; number++) await history.AddAsync($"request-retry: {number % 100}\n# {number}\n", null, "cli", "", null, default);
        var entries = await history.ListAsync(default);
        (entries.Count, entries[0].Version, entries[^1].Version).ShouldBe((ConfigHistory.MostEntries, ConfigHistory.MostEntries + 5, 6));
        var filler = new string('x', (int)(ConfigHistory.MostBytes / 3));
        for (var number = 1; number <= 4; number++) await history.AddAsync($"# {number}{filler}\n", null, "cli", "", null, default);
        (await history.ListAsync(default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_text_is_checked_without_being_saved()
    {
        await using var fixture = await ManagementFixture.StartAsync(First);
        var settings = fixture.Get<SettingsService>();
        var shown = await settings.ReadFileAsync(false, ManagementFixture.Owner, default).ValueAsync();
        var good = await settings.CheckAsync(shown.Text + "port: 9001\nno-such-key: 1\n", default).ValueAsync();
        (good.Usable, string.Join(' ', good.NeedsRestart), string.Join(' ', good.Changed)).ShouldBe((true, "port", "no-such-key port"));
        good.Problems.ShouldHaveSingleItem().Message.ShouldContain("not known");
        good.Diff.ShouldNotBeNull().ShouldContain("\n+port: 9001\n+no-such-key: 1\n");
        (await settings.CheckAsync(shown.Text, default).ValueAsync()).Diff.ShouldBe("");
        // A secret that is new is a mark too, and a text whose secrets cannot be found is not shown.
        (await settings.CheckAsync("api-keys: [ sk-quite-new ]\n", default).ValueAsync()).Diff.ShouldNotBeNull().ShouldNotContain("sk-quite-new");
        (await settings.CheckAsync("api-keys: [ sk-quite-new\n", default).ValueAsync()).Diff.ShouldBeNull();
        var bad = await settings.CheckAsync("port: eighty\n", default).ValueAsync();
        (bad.Usable, bad.Problems.ShouldHaveSingleItem().Line).ShouldBe((false, 1));
        (await settings.CheckAsync("api-keys: [ <hidden-0123456789abcdef> ]\n", default)).Failed(Invalid, "unknown_mark");
        (await File.ReadAllTextAsync(fixture.ConfigPath)).ShouldBe(First);
    }

    [Fact]
    public async Task A_store_that_is_away_keeps_no_change_from_being_made()
    {
        await using var fixture = await ManagementFixture.StartAsync(First);
        _ = fixture.Get<SettingsService>();
        await fixture.LoseStoreAsync();
        (await fixture.Get<ConfigHistoryService>().ListAsync(null, null, default)).Failed(Unavailable, "store_unavailable");
    }
}
