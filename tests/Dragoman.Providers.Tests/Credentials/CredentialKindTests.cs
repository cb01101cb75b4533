using System.Reflection;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Bedrock;

namespace Dragoman.Providers.Tests.Credentials;

/// <summary>What every kind of credential states of itself has to be true: how it is masked, what is secret in it, and how it is stored.</summary>
public sealed class CredentialKindTests
{
    private static readonly Credential[] Samples =
    [
        new NoCredential(),
        new ApiKeyCredential("sk-a-long-enough-secret-1234"),
        new AwsCredential { BearerKey = "ABSK-a-long-enough-secret-1234" },
        new AwsCredential { AccessKeyId = "AKIDEXAMPLE00000000", SecretAccessKey = "aws-secret-access-key-0001", SessionToken = "aws-session-token-0001" },
        new AwsCredential { Profile = "work" },
        new AwsCredential(),
        new OAuthCredential
        {
            AccessToken = "oauth-access-token-0001", RefreshToken = "oauth-refresh-token-0001", IdToken = "oauth-id-token-00000001", Expires = new DateTimeOffset(2026, 12, 1, 10, 30, 0, TimeSpan.Zero),
            AccountId = "account-00000001-aaaa", OrganizationId = "organization-1", Extra = new Dictionary<string, string> { ["region"] = "us-east-1" },
            SecretExtra = new Dictionary<string, string> { ["client-secret"] = "oauth-client-secret-0001" },
        },
        new OAuthCredential { AccessToken = "only-an-access-token-0001" },
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Samples.Length)];

    [Fact]
    public void Every_kind_there_is_has_a_sample()
    {
        var kinds = new[] { typeof(Credential).Assembly, typeof(AwsCredential).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(Credential)) && !type.IsAbstract).ToList();
        kinds.Count.ShouldBeGreaterThanOrEqualTo(4);
        kinds.Except(Samples.Select(sample => sample.GetType())).ShouldBeEmpty();
        Samples.Select(sample => sample.Kind).Distinct().Count().ShouldBe(kinds.Count, "a name for each kind");
    }

    [Theory, MemberData(nameof(Cases))]
    public void What_is_written_is_read_again(int sample)
    {
        var before = Samples[sample];
        var (after, problems) = Read(before, Written(before));
        problems.ShouldBeEmpty();
        after.ShouldBe(before);
        after!.GetHashCode().ShouldBe(before.GetHashCode());
    }

    [Theory, MemberData(nameof(Cases))]
    public void Nothing_shown_holds_a_secret_and_every_secret_is_named(int sample)
    {
        var credential = Samples[sample];
        foreach (var secret in credential.Secrets)
        {
            credential.Mask.ShouldNotContain(secret);
            credential.ToString().ShouldNotContain(secret);
            new VersionedCredential(credential, 1).ToString().ShouldNotContain(secret);
            new CredentialCell(credential).ToString().ShouldNotContain(secret);
        }

        // What is described as a secret is one.
        var fields = Kind(credential).Fields.Where(field => field.IsSecret).SelectMany(field => field.Keys).ToHashSet(StringComparer.Ordinal);
        foreach (var member in JsonDocument.Parse(Written(credential)).RootElement.EnumerateObject().Where(member => fields.Contains(member.Name)))
        {
            var values = member.Value.ValueKind == JsonValueKind.Object ? member.Value.EnumerateObject().Select(inner => inner.Value.GetString()!) : [member.Value.GetString()!];
            foreach (var value in values) credential.Secrets.ShouldContain(value);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_keys_that_are_written_and_read_are_those_that_are_described(int sample)
    {
        var credential = Samples[sample];
        var described = Kind(credential).Fields.SelectMany(field => field.Keys).ToHashSet(StringComparer.Ordinal);
        JsonDocument.Parse(Written(credential)).RootElement.EnumerateObject().Select(member => member.Name).Except(described).ShouldBeEmpty();
        var reader = Reader(Written(credential), out _);
        Kind(credential).Read(reader);
        reader.KnownKeys.ShouldBe(described, ignoreOrder: true);
    }

    [Fact]
    public void The_identity_is_the_vendors_account_and_organization_where_they_are_known()
    {
        var login = new OAuthCredential { AccessToken = "a1", RefreshToken = "r1", AccountId = "acc", OrganizationId = "org" };
        (login with { AccessToken = "a2", RefreshToken = "r2", Expires = DateTimeOffset.MaxValue }).Identity.ShouldBe(login.Identity);
        (login with { OrganizationId = "other" }).Identity.ShouldNotBe(login.Identity);
        (login with { AccountId = "other" }).Identity.ShouldNotBe(login.Identity);
        new OAuthCredential { AccessToken = "a1", RefreshToken = "r1" }.Identity.ShouldBe("r1");
        new NoCredential().Identity.ShouldBe("");
    }

    [Fact]
    public void A_login_without_a_token_says_what_to_do()
    {
        OAuthCredential.Read(Reader("""{"refresh-token":"r","expires-at":"soon"}"""u8.ToArray(), out var problems)).ShouldBeNull();
        problems.InOrder().Select(problem => (problem.Path, problem.Message)).ShouldBe([("expires-at", "'soon' is not a point in time."), ("access-token", "An access token is needed.")]);
        OAuthCredential.Read(Reader("""{"access-token":"two words"}"""u8.ToArray(), out problems)).ShouldBeNull();
        problems.InOrder().ShouldHaveSingleItem().Message.ShouldNotContain("two words");
    }

    private static CredentialKind Kind(Credential credential)
        => (CredentialKind)typeof(CredentialKind).GetMethod(nameof(CredentialKind.From), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(credential.GetType()).Invoke(null, null)!;

    private static byte[] Written(Credential credential)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            credential.WriteMembers(writer);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static (Credential? Credential, IReadOnlyList<ConfigDiagnostic> Problems) Read(Credential like, byte[] json)
    {
        var read = Kind(like).Read(Reader(json, out var problems));
        return (read, problems.InOrder());
    }

    private static SettingsReader Reader(byte[] json, out DiagnosticBag problems)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(json));
        problems = new DiagnosticBag("");
        return new SettingsReader((SettingMap)JsonSettings.From(document.RootElement.Clone()), "", problems, environment: null);
    }
}
