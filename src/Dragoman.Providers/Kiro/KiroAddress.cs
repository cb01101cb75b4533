using Dragoman.Gateway.Accounts;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// Where the service is. Its region is that of the profile, which has nothing to do with the region of the login (kiro-and-bedrock §B.1); two families of hosts serve it, of which one
/// may refuse an account that the other takes.
/// </summary>
internal static class KiroAddress
{
    /// <summary>The region of accounts that name none.</summary>
    public const string DefaultRegion = "us-east-1";

    /// <summary>The older host: every operation.</summary>
    public const string Amazon = "https://q.{region}.amazonaws.com";

    /// <summary>The newer host of conversations.</summary>
    public const string Runtime = "https://runtime.{region}.kiro.dev";

    /// <summary>The newer host of lists, profiles and limits.</summary>
    public const string Management = "https://management.{region}.kiro.dev";

    /// <summary>The option of accounts that use the vendor's own hosts: which of them.</summary>
    public const string HostOption = "host";

    /// <summary>The newer hosts.</summary>
    public const string NewHosts = "kiro";

    /// <summary>The older host.</summary>
    public const string OldHost = "amazonaws";

    /// <summary>The older host first, and the newer ones where it refuses the account.</summary>
    public const string AnyHost = "auto";

    /// <summary>An address in a region.</summary>
    public static string In(string template, string region) => template.Replace("{region}", region, StringComparison.Ordinal);

    /// <summary>Whether a text is the name of a region, which becomes a part of a host's name.</summary>
    public static bool IsRegion(string text)
    {
        var parts = text.Split('-');
        return parts.Length is 3 or 4 && parts[^1].Length is 1 or 2 && parts[^1].All(char.IsAsciiDigit) && parts.SkipLast(1).All(static part => part.Length > 1 && part.All(char.IsAsciiLetterLower));
    }

    /// <summary>The region in a profile's ARN, its fourth field; null where the text is no such ARN.</summary>
    public static string? RegionOf(string? arn)
        => arn?.Split(':') is ["arn", _, "codewhisperer", var region, { Length: > 0 }, ..] parts && IsRegion(region) && parts[^1].StartsWith("profile/", StringComparison.Ordinal) ? region : null;

    /// <summary>Where conversations are sent.</summary>
    /// <param name="account">The account.</param>
    /// <param name="refused">Whether the first host has refused it.</param>
    public static string Conversations(Account account, bool refused) => account.Options.GetValueOrDefault(HostOption) switch
    {
        NewHosts => In(Runtime, account.Region!),
        AnyHost when refused => In(Runtime, account.Region!),
        _ => account.BaseUrl,
    };

    /// <summary>Where the list of models is: only a Builder ID gets it from the older host.</summary>
    public static string Lists(Account account, Credential credential)
        => account.Options.ContainsKey(HostOption) && IsNewList(account, credential) ? In(Management, account.Region!) : account.BaseUrl;

    /// <summary>Whether the list of models is asked for by the newer operation.</summary>
    public static bool IsNewList(Account account, Credential credential) => account.Options.GetValueOrDefault(HostOption) == NewHosts || !KiroExtra.IsBuilder(credential);
}
