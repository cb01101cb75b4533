using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>Files of Kiro's own programs (wire note, A.10).</summary>
public sealed class KiroImportTests
{
    private const string Hash = "e909a0580879b06ece1202964fbe9dda95ea4ce3";
    private const string Registration = """{"clientId":"client-1","clientSecret":"secret-1","expiresAt":"2027-01-01T00:00:00Z","region":"eu-west-1"}""";

    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    private IImportLogin Import => Flow<IImportLogin>(_module, "import");

    [Theory]
    [InlineData("2026-12-01T10:30:00.000Z")]
    [InlineData(1796121000)]
    [InlineData(1796121000000)]
    public async Task The_editors_social_token_is_taken(object end)
    {
        var credential = await ReadAsync(JsonSerializer.Serialize(new { accessToken = "aoa1", refreshToken = "aor1", expiresAt = end, authMethod = "social", provider = "Google", profileArn = Arn }));
        (credential.AccessToken, credential.RefreshToken, credential.Expires, credential.Extra["auth-method"], credential.Extra["identity-provider"], credential.Extra["profile-arn"])
            .ShouldBe(("aoa1", "aor1", new DateTimeOffset(2026, 12, 1, 10, 30, 0, TimeSpan.Zero), "social", "Google", Arn));
        credential.SecretExtra.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_at_aws_needs_the_registration_that_it_names()
    {
        var token = $$"""{"access_token":"aoa1","refresh_token":"aor1","auth_method":"IdC","provider":"Enterprise","region":"eu-west-1","client_id_hash":"{{Hash}}","start_url":"https://d-1.awsapps.com/start"}""";
        Import.CompanionOf(Encoding.UTF8.GetBytes(token)).ShouldBe(Hash + ".json");
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(token))).Fix!.ShouldContain(Hash + ".json");
        var credential = await ReadAsync($"[{token},{Registration}]");
        (credential.Extra["auth-method"], credential.Extra["client-id"], credential.Extra["oidc-region"], credential.Extra["start-url"], credential.SecretExtra["client-secret"])
            .ShouldBe(("idc", "client-1", "eu-west-1", "https://d-1.awsapps.com/start", "secret-1"));
        Import.CompanionOf("""{"accessToken":"a","clientIdHash":"../../etc/passwd"}"""u8.ToArray()).ShouldBeNull();
        Import.CompanionOf("not json"u8.ToArray()).ShouldBeNull();
    }

    [Fact]
    public async Task The_command_lines_database_is_taken_in_the_order_of_its_keys()
    {
        var social = """{"access_token":"aoa-s","refresh_token":"aor-s","expires_at":"2026-12-01T10:30:00Z"}""";
        var oidc = """{"access_token":"aoa-o","refresh_token":"aor-o","region":"us-east-1","start_url":"https://view.awsapps.com/start"}""";
        var profile = $$"""{"arn":"{{Arn}}","profile_name":"mine"}""";
        var both = new Dictionary<string, string>
        {
            ["codewhisperer:odic:token"] = oidc, ["kirocli:social:token"] = social, ["kirocli:odic:device-registration"] = """{"client_id":"c","client_secret":"s"}""", ["api.codewhisperer.profile"] = profile,
        };
        var first = await ReadAsync(JsonSerializer.Serialize(both));
        (first.AccessToken, first.Extra["auth-method"], first.Extra["profile-arn"]).ShouldBe(("aoa-s", "social", Arn));
        both.Remove("kirocli:social:token");
        var second = await ReadAsync(JsonSerializer.Serialize(both));
        (second.AccessToken, second.Extra["auth-method"], second.Extra["identity-provider"], second.SecretExtra["client-secret"]).ShouldBe(("aoa-o", "idc", "BuilderId", "s"));
        Import.DatabaseKeys.ShouldContain("kirocli:odic:token");
    }

    [Fact]
    public async Task A_companys_token_endpoint_is_believed_only_from_the_list()
    {
        const string evil = """{"accessToken":"a","refreshToken":"r","authMethod":"external_idp","clientId":"app","tokenEndpoint":"https://login.microsoftonline.com.evil.example/token","scopes":["api","offline_access"]}""";
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(evil))).Fix!.ShouldContain("token-hosts");
        var credential = await ReadAsync(evil.Replace(".evil.example", "", StringComparison.Ordinal));
        (credential.Extra["token-endpoint"], credential.Extra["client-id"], credential.Extra["scope"]).ShouldBe(("https://login.microsoftonline.com/token", "app", "api offline_access"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("{\"accessToken\":\"two words\"}")]
    [InlineData("{\"kirocli:social:token\":\"not json\"}")]
    public async Task What_is_no_login_is_said(string content) => await Should.ThrowAsync<LoginException>(() => ReadAsync(content));

    [Fact]
    public async Task A_login_without_an_access_token_is_renewed_at_once()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var owned = (OAuthCredential)(await SignInAsync(vendor, _module, context, "google")).Credential;
        var login = await Import.ReadAsync(Encoding.UTF8.GetBytes($$"""{"refreshToken":"{{owned.RefreshToken}}","authMethod":"social"}"""), context, default);
        var credential = (OAuthCredential)login.Credential;
        (credential.AccessToken.StartsWith("aoa", StringComparison.Ordinal), credential.AccessToken == owned.AccessToken, credential.RefreshToken == owned.RefreshToken, login.Label).ShouldBe((true, false, false, "ada@example.com"));
        (await Should.ThrowAsync<LoginException>(() => Import.ReadAsync(Encoding.UTF8.GetBytes($$"""{"refreshToken":"{{owned.RefreshToken}}"}"""), context, default))).Message.ShouldContain("was not taken");
    }

    [Fact]
    public async Task An_api_key_is_a_key()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        (await Import.ReadAsync("""{"kiroApiKey":"ksk_1","authMethod":"api_key"}"""u8.ToArray(), ContextOf(vendor, _module), default)).Credential.ShouldBe(new ApiKeyCredential("ksk_1"));
    }

    /// <summary>The tokens are of nobody whom the emulated vendor knows: the login says so and is kept.</summary>
    private async Task<OAuthCredential> ReadAsync(string content)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await Import.ReadAsync(Encoding.UTF8.GetBytes(content), ContextOf(vendor, _module), default);
        login.Warnings.ShouldContain(words => words.Contains("Another program has this login too", StringComparison.Ordinal));
        return login.Credential.ShouldBeOfType<OAuthCredential>();
    }
}
