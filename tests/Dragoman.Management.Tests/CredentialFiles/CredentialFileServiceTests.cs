using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Management.CredentialFiles;
using Dragoman.Management.Tests.Support;

namespace Dragoman.Management.Tests.CredentialFiles;

/// <summary>Accounts of the store as credential files, without HTTP.</summary>
public sealed class CredentialFileServiceTests
{
    private static readonly Uri Gateway = new("http://127.0.0.1:8317");

    /// <summary>A file as CLIProxyAPI has it for a login of Claude.</summary>
    private static string File(string access = "sk-ant-oat01-one", string more = "")
        => $$"""{"type":"claude","access_token":"{{access}}","refresh_token":"sk-ant-ort01-one","email":"ada@example.com","expired":"2036-01-01T00:00:00Z"{{more}}}""";

    /// <summary>A gateway in which Claude's plans are asked at an upstream that knows who has signed in.</summary>
    private static async Task<(ManagementFixture Fixture, RawUpstream Vendor)> StartAsync()
    {
        var vendor = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, """{"account":{"uuid":"11111111-1111-4111-8111-111111111111","email":"ada@example.com","email_address":"ada@example.com"},"organization":{"uuid":"22222222-2222-4222-8222-222222222222","organization_type":"claude_max"}}"""));
        return (await ManagementFixture.StartAsync($"providers: {{ claude-subscription: {{ base-url: '{vendor.Address}' }} }}\n"), vendor);
    }

    private static async Task<CredentialFileView> WriteAsync(CredentialFileService files, string name, string content)
        => await files.WriteAsync(name, content, acknowledged: true, Gateway, ManagementFixture.Owner, default).ValueAsync();

    [Fact]
    public async Task A_file_becomes_an_account_and_comes_back_with_what_accounts_have_no_place_for()
    {
        var (fixture, vendor) = await StartAsync();
        await using var closing = fixture;
        await using var stopping = vendor;
        var files = fixture.Get<CredentialFileService>();
        (await files.ListAsync(default).ValueAsync()).ShouldBeEmpty();

        var written = await WriteAsync(files, "mine.json", File(more: ",\"note\":\"of Ada\",\"priority\":3,\"weight\":2"));
        (written.Name, written.Type, written.Email, written.Account.Priority, written.Account.Weight, written.IsRuntimeOnly).ShouldBe(("mine.json", "claude", "ada@example.com", 3, 2, false));
        var read = await files.ReadAsync("mine.json", ManagementFixture.Owner, default).ValueAsync();
        (read["type"]!.GetValue<string>(), read["access_token"]!.GetValue<string>(), read["note"]!.GetValue<string>(), read["priority"]!.GetValue<int>()).ShouldBe(("claude", "sk-ant-oat01-one", "of Ada", 3));
        (await fixture.AuditAsync()).ShouldContain(line => line.StartsWith("account.export", StringComparison.Ordinal));

        // The same login again is renewed and not doubled.
        await WriteAsync(files, "other.json", File("sk-ant-oat01-two"));
        var one = (await files.ListAsync(default).ValueAsync()).ShouldHaveSingleItem();
        one.Name.ShouldBe("other.json");
        (await files.ReadAsync("other.json", ManagementFixture.Owner, default).ValueAsync())["access_token"]!.GetValue<string>().ShouldBe("sk-ant-oat01-two");
    }

    [Fact]
    public async Task Fields_change_the_account_or_are_kept_beside_it()
    {
        var (fixture, vendor) = await StartAsync();
        await using var closing = fixture;
        await using var stopping = vendor;
        var files = fixture.Get<CredentialFileService>();
        await WriteAsync(files, "mine.json", File());

        (await files.ChangeAsync("mine.json", (JsonObject)JsonNode.Parse("""{"priority":7,"disabled":true,"note":"n","headers":{"X-A":"1"},"quota.limit":5}""")!, ManagementFixture.Owner, default)).ShouldBeNull();
        (await files.ChangeAsync("mine.json", (JsonObject)JsonNode.Parse("""{"note":null,"headers":{"X-A":"","X-B":"2"},"access_token":"sk-ant-oat01-three"}""")!, ManagementFixture.Owner, default)).ShouldBeNull();

        var view = await files.GetAsync("mine.json", default).ValueAsync();
        (view.Account.Priority, view.Account.Enabled, view.Members.ContainsKey("note"), view.Members["quota"]!["limit"]!.GetValue<int>()).ShouldBe((7, false, false, 5));
        var read = await files.ReadAsync("mine.json", ManagementFixture.Owner, default).ValueAsync();
        (read["access_token"]!.GetValue<string>(), read["headers"]!.ToJsonString()).ShouldBe(("sk-ant-oat01-three", """{"X-B":"2"}"""));
    }

    [Theory]
    [InlineData("mine.json", "no json", "invalid json")]
    [InlineData("mine.json", "{}", "no credentials of a known type in this file")]
    [InlineData("mine.json", """{"type":"nobody"}""", "no credentials of the type 'nobody' in this file")]
    [InlineData("mine.txt", "{}", "name must end with .json")]
    [InlineData("../mine.json", "{}", "invalid name")]
    public async Task What_cannot_be_is_refused(string name, string content, string words)
    {
        await using var fixture = await ManagementFixture.StartAsync();
        var refused = await fixture.Get<CredentialFileService>().WriteAsync(name, content, acknowledged: true, Gateway, ManagementFixture.Owner, default);
        (refused.Error!.Kind, refused.Error.Text).ShouldBe((ManagementErrorKind.Invalid, words));
        fixture.Get<AccountRegistry>().Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_is_removed_is_gone()
    {
        var (fixture, vendor) = await StartAsync();
        await using var closing = fixture;
        await using var stopping = vendor;
        var files = fixture.Get<CredentialFileService>();
        (await files.GetAsync("none.json", default)).Error!.Kind.ShouldBe(ManagementErrorKind.NotFound);
        (await files.ReadAsync("none.json", ManagementFixture.Owner, default)).Error!.Kind.ShouldBe(ManagementErrorKind.NotFound);
        (await files.RemoveAsync("none.json", ManagementFixture.Owner, default))!.Kind.ShouldBe(ManagementErrorKind.NotFound);
        await WriteAsync(files, "mine.json", File());
        (await files.RemoveAsync("mine.json", ManagementFixture.Owner, default)).ShouldBeNull();
        (await files.ListAsync(default).ValueAsync()).ShouldBeEmpty();
        await fixture.LoseStoreAsync();
        (await files.ListAsync(default)).Error!.Kind.ShouldBe(ManagementErrorKind.Unavailable);
    }
}
