using System.Globalization;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Text;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// How long a login lasts. All refresh tokens of a login die about 30 days after the person signed in, however often they were renewed (wire notes logins-2026-11, section 1, "Login life"); a setup token is good
/// for a year. The day on which it began is kept with the tokens.
/// </summary>
internal static class ClaudeLoginAge
{
    private const string BeganKey = "authorized-at";
    private const string KindKey = "login-kind";
    private const string SetupToken = "setup-token";
    private const int LoginDays = 30;
    private const int TokenDays = 365;

    /// <summary>From which day on the owner is warned that a login ends.</summary>
    private const int WarnFromDay = 25;

    private const int WarnDaysOfToken = 30;

    /// <summary>What is kept with the tokens of a login that was made now.</summary>
    public static Dictionary<string, string> Begin(DateTimeOffset now) => new(StringComparer.Ordinal) { [BeganKey] = Text(now) };

    /// <summary>What is kept with a setup token that was entered now.</summary>
    public static Dictionary<string, string> BeginToken(DateTimeOffset now) => new(StringComparer.Ordinal) { [BeganKey] = Text(now), [KindKey] = SetupToken };

    /// <summary>What the owner should know of the login's end.</summary>
    public static IReadOnlyList<CodedText> WarningsOf(Account account, DateTimeOffset now)
    {
        if (account.Cell.Current.Credential is not OAuthCredential login || !login.Extra.TryGetValue(BeganKey, out var text)) return [];
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var began)) return [];
        var isToken = login.Extra.GetValueOrDefault(KindKey) == SetupToken;
        var end = began.AddDays(isToken ? TokenDays : LoginDays);
        if (now < (isToken ? end.AddDays(-WarnDaysOfToken) : began.AddDays(WarnFromDay))) return [];
        var day = end.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        (string, string)[] values = [("day", end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
        return [(isToken, now < end) switch
        {
            (true, true) => CodedText.Create("setup_token_ends", $"The setup token ends on {day} at the latest: make another one with 'claude setup-token'.", values),
            (true, false) => CodedText.Create("setup_token_ended", $"The setup token has ended by {day}: make another one with 'claude setup-token'.", values),
            (false, true) => CodedText.Create("login_ends", $"The login ends at about {day}, 30 days after it was made: sign in again before.", values),
            (false, false) => CodedText.Create("login_ended", $"The login was to end at about {day}, 30 days after it was made: sign in again.", values),
        }];
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
