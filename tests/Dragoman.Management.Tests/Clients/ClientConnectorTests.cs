using Dragoman.Management.Clients;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Clients;

/// <summary>Clients connected by the gateway itself: what is shown, what is done by its digest, and why not.</summary>
public sealed class ClientConnectorTests
{
    private const string Keys = "api-keys: [ dg-key-of-a-client-1234 ]\n";
    private static readonly Uri Gateway = new("http://127.0.0.1:8317");
    private static readonly ClientConnectInput Asked = new(Key: "dg-key-of-a-client-1234", Model: "claude-sonnet-5");

    [Fact]
    public async Task What_was_shown_is_done_noted_and_taken_back()
    {
        await using var fixture = await ManagementFixture.StartAsync(Keys);
        var file = Settle(fixture, ".codex/config.toml", "# mine\n");
        var connector = fixture.Get<ClientConnector>();
        var shown = await connector.ConnectAsync("codex", Asked, Gateway, isLocal: true, ManagementFixture.Owner, default).ValueAsync();
        (shown.Applied, shown.Files.Single().Exists).ShouldBe((false, true));
        shown.Files[0].Diff.ShouldContain("+base_url = \"http://127.0.0.1:8317/v1\"");
        shown.Files[0].Diff.ShouldNotContain(Asked.Key!);
        (await File.ReadAllTextAsync(file)).ShouldBe("# mine\n");
        await connector.ConnectAsync("codex", Asked with { Apply = true, Digest = shown.Digest }, Gateway, isLocal: true, ManagementFixture.Owner, default).ValueAsync();
        (await File.ReadAllTextAsync(file)).ShouldContain(Asked.Key!);
        fixture.Get<ClientDirectory>().List(Gateway, null, null, isLocal: true).Value!.Clients.Single(client => client.Id == "codex").Connected.ShouldBe("yes");
        fixture.Get<ClientDirectory>().List(new Uri("http://127.0.0.1:1"), null, null, isLocal: true).Value!.Clients.Single(client => client.Id == "codex").Connected.ShouldBe("other");
        var back = await connector.DisconnectAsync("codex", new ClientDisconnectInput(), isLocal: true, ManagementFixture.Owner, default).ValueAsync();
        await connector.DisconnectAsync("codex", new ClientDisconnectInput(Apply: true, Digest: back.Digest), isLocal: true, ManagementFixture.Owner, default).ValueAsync();
        (await File.ReadAllTextAsync(file)).ShouldBe("# mine\n");
        (await fixture.AuditAsync()).ShouldBe(["client.connect codex done http://127.0.0.1:8317", "client.disconnect codex done http://127.0.0.1:8317"]);
    }

    [Fact]
    public async Task What_changed_since_it_was_shown_is_a_conflict()
    {
        await using var fixture = await ManagementFixture.StartAsync(Keys);
        var file = Settle(fixture, ".codex/config.toml", "# mine\n");
        var connector = fixture.Get<ClientConnector>();
        var shown = await connector.ConnectAsync("codex", Asked, Gateway, isLocal: true, ManagementFixture.Owner, default).ValueAsync();
        var apply = Asked with { Apply = true, Digest = shown.Digest };
        await connector.ConnectAsync("codex", apply with { Model = "gpt-5.4-mini" }, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Conflict, "digest_mismatch");
        await connector.ConnectAsync("codex", apply, new Uri("http://127.0.0.1:1"), isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Conflict, "digest_mismatch");
        await File.WriteAllTextAsync(file, "# theirs\n");
        await connector.ConnectAsync("codex", apply, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Conflict, "digest_mismatch");
        (await File.ReadAllTextAsync(file)).ShouldBe("# theirs\n");
        await File.WriteAllTextAsync(file, "model = [\n");
        await connector.ConnectAsync("codex", Asked, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Conflict, "client_file");
        (await fixture.AuditAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_may_not_is_told_why()
    {
        await using var fixture = await ManagementFixture.StartAsync(Keys);
        var connector = fixture.Get<ClientConnector>();
        await connector.ConnectAsync("codex", Asked, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Forbidden, "no_home_folder");
        Directory.CreateDirectory(fixture.HomeFolder);
        await connector.ConnectAsync("codex", Asked, Gateway, isLocal: false, ManagementFixture.Owner, default).ErrorAsync(Forbidden, "user_files_are_local");
        await connector.ConnectAsync("nothing", Asked, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(NotFound, "not_found");
        await connector.ConnectAsync("cline", Asked, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Conflict, "not_writable");
        await connector.ConnectAsync("codex", Asked with { Key = "another" }, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value");
        await connector.ConnectAsync("codex", Asked with { Key = null }, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Invalid, "missing_required_parameter");
        await connector.ConnectAsync("opencode", Asked with { Model = null }, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value");
        await connector.ConnectAsync("codex", Asked with { Apply = true }, Gateway, isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Invalid, "missing_required_parameter");
        await connector.DisconnectAsync("codex", new ClientDisconnectInput(), isLocal: true, ManagementFixture.Owner, default).ErrorAsync(Conflict, "not_connected");
        Directory.EnumerateFileSystemEntries(fixture.HomeFolder).ShouldBeEmpty();
    }

    private static string Settle(ManagementFixture fixture, string name, string text)
    {
        var path = Path.Combine(fixture.HomeFolder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
