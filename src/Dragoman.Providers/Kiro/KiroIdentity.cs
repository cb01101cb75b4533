using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>Whose login it is: its profile (kiro-and-bedrock §B.13), and person and plan as the usage endpoint names them (§B.16).</summary>
internal static class KiroIdentity
{
    /// <summary>Where profiles are.</summary>
    private static readonly string[] Regions = ["us-east-1", "eu-central-1"];

    /// <summary>Describes a login for the person to confirm. Tokens that came are kept whatever is said of them.</summary>
    public static async Task<LoginResult> DescribeAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        try
        {
            var profiles = KiroExtra.Of(credential, KiroExtra.ProfileArn) is null ? await ProfilesAsync(credential, vendor, cancellationToken) : [];
            if (profiles.Count > 0) credential = With(credential, KiroExtra.ProfileArn, profiles[0]);
            if (profiles.Count > 1) warnings.Add($"There are {profiles.Count} profiles; {profiles[0]} is used. Set the account's profile-arn for another: {string.Join(", ", profiles.Skip(1))}.");
            var (usage, problem) = await KiroUsage.AskAsync(credential, vendor, cancellationToken);
            if (usage is null) warnings.Add($"{KiroVendor.Name} did not say whose account it is ({problem?.TrimEnd('.')}); another login will be another account.");
            else
            {
                credential = credential with { AccountId = usage.UserId ?? credential.AccountId };
                if (usage.Plan is not null) credential = With(credential, KiroExtra.Plan, usage.Plan);
                if (usage.Describe() is { } left) warnings.Add(left);
            }

            credential = With(credential, KiroExtra.MachineId, KiroVendor.MachineIdOf(credential));
            return Result(credential, usage?.Email, warnings, vendor);
        }
        catch (HttpRequestException ex)
        {
            warnings.Add($"{KiroVendor.Name} did not say whose account it is ({ex.Message.TrimEnd('.')}); another login will be another account.");
            return Result(With(credential, KiroExtra.MachineId, KiroVendor.MachineIdOf(credential)), null, warnings, vendor);
        }
    }

    /// <summary>The profiles of a login: those of the first region that has any. Refusals mean that there are none there.</summary>
    public static async Task<List<string>> ProfilesAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<KiroSettings>();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var region in Regions)
        {
            foreach (var host in (string[])[settings.ServiceUrl, settings.ManagementUrl])
            {
                var address = KiroAddress.In(host, region) + "/List-Available-Profiles";
                if (!asked.Add(address)) continue;
                using var question = KiroVendor.Question(HttpMethod.Post, new Uri(address), credential, settings);
                question.Content = VendorJson.Body(static writer => writer.WriteNumber("maxResults", 10));
                var answer = await KiroVendor.AskAsync(vendor, question, cancellationToken);
                if (!answer.IsSuccess || answer.Json is not { } json || !json.TryGetProperty("profiles", out var list) || list.ValueKind != System.Text.Json.JsonValueKind.Array) continue;
                List<string> profiles = [.. list.EnumerateArray().Select(static item => VendorJson.Text(item, "arn")).OfType<string>().Where(static arn => KiroAddress.RegionOf(arn) is not null)];
                if (profiles.Count > 0) return profiles;
                // An answer without profiles is one: the other host would say the same.
                break;
            }
        }

        return [];
    }

    /// <summary>A credential with another value of a key.</summary>
    public static OAuthCredential With(OAuthCredential credential, string key, string value)
        => credential with { Extra = new Dictionary<string, string>(credential.Extra, StringComparer.Ordinal) { [key] = value } };

    private static LoginResult Result(OAuthCredential credential, string? email, List<string> warnings, VendorContext vendor)
    {
        var settings = vendor.SettingsAs<KiroSettings>();
        var region = KiroAddress.RegionOf(KiroExtra.Of(credential, KiroExtra.ProfileArn)) ?? KiroAddress.DefaultRegion;
        return new LoginResult(credential, email ?? credential.AccountId ?? KiroVendor.Name)
        {
            AccountId = credential.AccountId, OrganizationId = credential.OrganizationId, Organization = KiroExtra.Of(credential, KiroExtra.StartUrl), Plan = KiroExtra.Of(credential, KiroExtra.Plan), Warnings = warnings,
            Settings = settings.ServiceUrl == KiroAddress.Amazon ? new Dictionary<string, string>() : new Dictionary<string, string> { ["base-url"] = KiroAddress.In(settings.ServiceUrl, region) },
        };
    }
}
