using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>Logins that Copilot's editors and command line have left.</summary>
public sealed class CopilotImportTests
{
    private static readonly ProviderModule Module = CopilotModule.Create();

    private static IImportLogin Import => Module.Logins.OfType<IImportLogin>().Single();

    [Fact]
    public async Task An_editors_token_becomes_the_account()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var token = await CopilotLoginTests.TokenAsync(vendor);
        var file = Encoding.UTF8.GetBytes($$"""{"127.0.0.1:Iv23abc":{"user":"octocat","oauth_token":"{{token}}","githubAppId":"Iv23abc"} }""");
        var part = Import.Split(file).ShouldHaveSingleItem();
        Import.Inspect(part).ShouldBe(new ImportedIdentity("octocat (127.0.0.1)") { Digest = ImportedIdentity.DigestOf(token) });
        var login = await Import.ReadAsync(file, CopilotLoginTests.Context(vendor), default);
        (login.Label, login.Plan, ((OAuthCredential)login.Credential).AccessToken).ShouldBe(("octocat", "individual", token));
    }

    [Theory]
    [InlineData("""{"github.com":{"user":"ada","oauth_token":"gho_1"},"ghe.example.com":{"oauth_token":"gho_2"},"copied.example.com":{"oauth_token":"gho_2"} }""", "ada|? (ghe.example.com)")]
    [InlineData("""{"copilot_tokens":{"https://github.com:ada":"gho_1","https://ghe.example.com:bob":"gho_2"},"model":"x"}""", "ada|bob (ghe.example.com)")]
    [InlineData("""{"github.com:Iv1.b":{"user":"ada","oauth_token":"ghu_1"} }""", "ada")]
    public void Every_login_is_told(string file, string labels)
        => Import.Split(Encoding.UTF8.GetBytes(file)).Select(part => Import.Inspect(part)!.Label).ShouldBe(labels.Split('|'));

    [Theory]
    [InlineData("""{"github.com:Iv1.b":{"user":"ada","oauth_token":"ghu_1"} }""", "providers.github-copilot.login-url")]
    [InlineData("""{"127.0.0.1":{"oauth_token":"gho_1"},"github.com":{"oauth_token":"gho_2"} }""", "accounts scan FILE")]
    [InlineData("{}", "apps.json")]
    [InlineData("[7]", "apps.json")]
    [InlineData("{", "apps.json")]
    public async Task What_cannot_be_taken_says_what_to_do(string file, string fix)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        (await Should.ThrowAsync<LoginException>(() => Import.ReadAsync(Encoding.UTF8.GetBytes(file), CopilotLoginTests.Context(vendor), default))).Fix!.ShouldContain(fix);
    }
}
