using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.ChatGpt;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.ChatGpt;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Abstractions;

/// <summary>Account lists of other gateways (codex-claude-proxy's <c>accounts.json</c>, a Kiro proxy's export): each login is imported by itself.</summary>
public sealed class AccountListTests
{
    [Fact]
    public async Task The_accounts_of_a_codex_proxy_are_logins_with_chatgpt()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (ada, bob) = ((OAuthCredential)(await ChatGptVendor.SignInAsync(vendor, "ada")).Credential, (OAuthCredential)(await ChatGptVendor.SignInAsync(vendor, "bob")).Credential);
        string Record(OAuthCredential login, string email) => $$"""{"email":"{{email}}","accountId":"{{login.OrganizationId}}","planType":"plus","accessToken":"{{login.AccessToken}}","refreshToken":"{{login.RefreshToken}}","expiresAt":1800000000000}""";
        var file = Encoding.UTF8.GetBytes($$"""{"accounts":[{{Record(ada, "ada@example.com")}},{{Record(bob, "bob@example.com")}}],"activeAccount":null,"version":1}""");
        var import = ChatGptModule.Create().Logins.OfType<IImportLogin>().Single();
        var parts = import.Split(file);
        parts.Select(part => import.Inspect(part)).ShouldBe(
        [
            new ImportedIdentity("ada@example.com", "user-ada", "acct-ada") { Digest = ImportedIdentity.DigestOf(ada) }, new ImportedIdentity("bob@example.com", "user-bob", "acct-bob") { Digest = ImportedIdentity.DigestOf(bob) },
        ]);
        var login = await import.ReadAsync(parts[1], ChatGptVendor.Context(vendor), default);
        (login.AccountId, ((OAuthCredential)login.Credential).RefreshToken).ShouldBe(("user-bob", bob.RefreshToken));
        (await Should.ThrowAsync<LoginException>(() => import.ReadAsync(file, ChatGptVendor.Context(vendor), default))).Message.ShouldBe("There are 2 logins in this file.");
        var one = Encoding.UTF8.GetBytes($$"""{"accounts":[{{Record(ada, "ada@example.com")}}]}""");
        (await import.ReadAsync(one, ChatGptVendor.Context(vendor), default)).AccountId.ShouldBe("user-ada");
    }

    [Fact]
    public void The_export_of_a_kiro_proxy_has_a_file_for_each_account()
    {
        var import = KiroModule.Create(TimeProvider.System).Logins.OfType<IImportLogin>().Single();
        var file = """{"ok":true,"accounts":[{"name":"a","enabled":true,"credentials":{"accessToken":"aoa1","refreshToken":"aor1","authMethod":"social","provider":"Google"}},{"name":"b","credentials":{}},{"name":"c"},{"name":"d","credentials":{"accessToken":"aoa4","refreshToken":"aor4","authMethod":"IdC","clientId":"c","clientSecret":"s","region":"eu-west-1"}}],"version":"1.0"}"""u8.ToArray();
        import.Split(file).Select(part => import.Inspect(part)).ShouldBe(
            [new ImportedIdentity("Google") { Digest = ImportedIdentity.DigestOf("aor1") }, null, null, new ImportedIdentity("BuilderId") { Digest = ImportedIdentity.DigestOf("aor4") }]);
    }

    [Fact]
    public void No_provider_takes_the_list_of_another()
    {
        string[] files =
        [
            """{"accounts":[{"email":"a@x","accountId":"1","accessToken":"t","refreshToken":"rt_1"}]}""", """{"accounts":[{"name":"a","credentials":{"accessToken":"aoa1","refreshToken":"aor1"}}]}""",
            """{"accounts":[{"email":"a@x","source":"oauth","refreshToken":"1//1"}]}""",
        ];
        var importers = ProviderModules.CreateRegistry(TimeProvider.System).All.SelectMany(module => module.Logins.OfType<IImportLogin>().Select(flow => (module.Id, flow))).ToList();
        files.Select(file => string.Join(' ', importers.Where(importer => importer.flow.Split(Encoding.UTF8.GetBytes(file)).Any(part => importer.flow.Inspect(part) is not null)).Select(importer => importer.Id)))
            .ShouldBe(["chatgpt", "kiro", "antigravity"]);
    }
}
