using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Keys;
using Dragoman.Management.Settings;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Keys;

/// <summary>What the holder of a key is told, how all keys stand, and what pages remember.</summary>
public sealed class KeyHolderServiceTests
{
    [Fact]
    public async Task The_holder_is_told_of_this_key_alone()
    {
        await using var fixture = await ManagementFixture.StartAsync("api-keys: [ key-of-the-file ]\nopenai-compatibility:\n  - { name: up, base-url: \"http://127.0.0.1:1/v1\", api-key-entries: [ { api-key: upstream-secret } ], models: [ m-1, m-2 ] }\n");
        var keys = fixture.Get<ClientKeyService>();
        var made = await keys.CreateAsync(new KeySettings { Name = "laptop", Models = ["m-1"], RequestsPerMinute = 9 }, ManagementFixture.Owner, default).ValueAsync();
        var client = fixture.Get<ClientKeyStore>().FindIdentity(made.Id)!;
        var view = await fixture.Get<KeyHolderService>().DescribeAsync(client, new Uri("https://gateway.example/"), "Europe/Berlin", default).ValueAsync();
        (view.Name, view.Prefix, view.Status, view.Limits.Requests!.Limit).ShouldBe(("laptop", made.Prefix, "active", 9));
        view.Models.Select(model => model.Id).ShouldBe(["m-1"]);
        view.BaseUrls.Single(one => one.Protocol == "openai-chat").Url.ShouldBe("https://gateway.example/v1");
        view.BaseUrls.Single(one => one.Protocol == "anthropic-messages").Url.ShouldBe("https://gateway.example");
        view.Usage.ByDay.ShouldBeEmpty();
        await fixture.Get<KeyHolderService>().DescribeAsync(client, new Uri("https://gateway.example/"), "Mars/Base", default).ErrorAsync(Invalid, "invalid_value");
        var all = await keys.ListStatusAsync(default).ValueAsync();
        all.Keys.Count.ShouldBe(2);
        all.Keys.Single(one => one.Id == made.Id).Requests!.Limit.ShouldBe(9);
    }

    [Fact]
    public async Task The_panels_state_is_changed_from_the_version_that_was_read()
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var panel = fixture.Get<PanelState>();
        var empty = await panel.GetAsync(default).ValueAsync();
        var first = await panel.SetAsync(new() { ["theme"] = "dark" }, empty.Version, default).ValueAsync();
        (await panel.SetAsync([], empty.Version, default).ErrorAsync(VersionConflict, "version_conflict")).CurrentVersion.ShouldBe(first.Version);
        await panel.SetAsync(new() { ["x"] = new string('x', PanelState.MostBytes) }, "*", default).ErrorAsync(Invalid, "too_large");
        await panel.SetAsync([], "x", default).ErrorAsync(Invalid, "invalid_value");
        (await panel.GetAsync(default).ValueAsync()).State["theme"]!.GetValue<string>().ShouldBe("dark");
        await fixture.Store.Settings.SetAsync(new Setting("surface.panel.state", "no json"), fromVersion: null);
        (await panel.GetAsync(default).ValueAsync()).State.ShouldBeEmpty();
    }
}
