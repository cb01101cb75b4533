using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// What the usage endpoint says of an account (kiro-and-bedrock §B.16). It is there only in the regions of profiles, and up to version 0.9.2 of the interface it takes no profile; later versions want one (logins-2026-11 §5).
/// </summary>
internal sealed record KiroUsage
{
    private static readonly Version WithoutProfile = new(0, 9, 2);

    public string? UserId { get; init; }

    public string? Email { get; init; }

    public string? Plan { get; init; }

    /// <summary>What was used of what the plan has, without bonuses.</summary>
    public double Used { get; init; }

    public double Limit { get; init; }

    /// <summary>What was used of bonuses and of a trial that are in force, and how many they were.</summary>
    public double BonusUsed { get; init; }

    public double BonusLimit { get; init; }

    /// <summary>Of that, what belongs to the trial.</summary>
    public double TrialUsed { get; init; }

    public double TrialLimit { get; init; }

    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>What is counted (<c>Credits</c>).</summary>
    public string Unit { get; init; } = "credits";

    /// <summary>Whether more than the plan may be used, for money; null where it is not said.</summary>
    public bool? HasOverage { get; init; }

    /// <summary>Whether the plan can have it at all; null where it is not said.</summary>
    public bool? CanHaveOverage { get; init; }

    /// <summary>What one unit beyond the plan costs.</summary>
    public double? OverageRate { get; init; }

    public double Overages { get; init; }

    public double? OverageCap { get; init; }

    public double? OverageCharges { get; init; }

    public string? Currency { get; init; }

    /// <summary>Asks for it; the words of a refusal where there is none.</summary>
    public static async Task<(KiroUsage? Usage, string? Problem)> AskAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var (answer, _) = await QuestionAsync(credential, vendor, cancellationToken);
        return answer is { IsSuccess: true, Json: { } json } ? (Read(json), null) : (null, answer.Describe(KiroVendor.Name));
    }

    /// <summary>Asks for it, and says whether a profile was named.</summary>
    public static async Task<(KiroAnswer Answer, bool NamedProfile)> QuestionAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<KiroSettings>();
        var profile = KiroExtra.Of(credential, KiroExtra.ProfileArn);
        var named = profile is not null && IsProfileWanted(settings);
        var address = KiroAddress.In(settings.ServiceUrl, KiroAddress.RegionOf(profile) ?? KiroAddress.DefaultRegion) + "/getUsageLimits";
        using var question = KiroVendor.Question(
            HttpMethod.Get, QueryText.AddressWith(address, ("origin", "AI_EDITOR"), ("resourceType", "AGENTIC_REQUEST"), ("isEmailRequired", "true"), ("profileArn", named ? profile : null)), credential, settings);
        return (await KiroVendor.AskAsync(vendor, question, cancellationToken), named);
    }

    /// <summary>Whether the configured version of the interface wants a profile.</summary>
    public static bool IsProfileWanted(KiroSettings settings) => Version.TryParse(settings.InterfaceVersion, out var version) && version > WithoutProfile;

    /// <summary>Reads the answer.</summary>
    public static KiroUsage Read(JsonElement answer)
    {
        var usage = new KiroUsage
        {
            ResetsAt = Time(answer, "nextDateReset"),
            Plan = Member(answer, "subscriptionInfo") is { } plan ? VendorJson.Text(plan, "subscriptionTitle") : null,
            HasOverage = Member(answer, "overageConfiguration") is { } overage && VendorJson.Text(overage, "overageStatus") is { } status ? status == "ENABLED" : null,
            CanHaveOverage = Member(answer, "subscriptionInfo") is { } subscription && VendorJson.Text(subscription, "overageCapability") is { } capability ? capability == "OVERAGE_CAPABLE" : null,
            UserId = Member(answer, "userInfo") is { } user ? VendorJson.Text(user, "userId") : null,
            Email = Member(answer, "userInfo") is { } person ? VendorJson.Text(person, "email") : null,
        };
        if (!answer.TryGetProperty("usageBreakdownList", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) return usage;
        // One list for all kinds: credits where there are any, else the first (ZyphrZero/kiro.rs).
        var counted = list.EnumerateArray().FirstOrDefault(static item => VendorJson.Text(item, "resourceType") == "CREDIT");
        if (counted.ValueKind != JsonValueKind.Object) counted = list[0];
        if (counted.ValueKind != JsonValueKind.Object) return usage;
        usage = usage with
        {
            Used = Amount(counted, "currentUsage"),
            Limit = Amount(counted, "usageLimit"),
            ResetsAt = Time(counted, "nextDateReset") ?? usage.ResetsAt,
            Unit = VendorJson.Text(counted, "displayNamePlural")?.ToLowerInvariant() ?? "credits",
            Overages = Amount(counted, "currentOverages"),
            OverageCap = Optional(counted, "overageCap"),
            OverageRate = VendorJson.Number(counted, "overageRate"),
            OverageCharges = VendorJson.Number(counted, "overageCharges"),
            Currency = VendorJson.Text(counted, "currency"),
        };
        if (Member(counted, "freeTrialInfo") is { } trial && VendorJson.Text(trial, "freeTrialStatus") == "ACTIVE") usage = usage.WithBonus(trial) with { TrialUsed = Amount(trial, "currentUsage"), TrialLimit = Amount(trial, "usageLimit") };
        if (!counted.TryGetProperty("bonuses", out var bonuses) || bonuses.ValueKind != JsonValueKind.Array) return usage;
        foreach (var bonus in bonuses.EnumerateArray())
            if (VendorJson.Text(bonus, "status") == "ACTIVE") usage = usage.WithBonus(bonus);
        return usage;
    }

    /// <summary>What is left, in words; null where nothing is counted.</summary>
    public string? Describe()
    {
        if (Limit + BonusLimit <= 0) return null;
        var left = Math.Max(0, Limit - Used) + Math.Max(0, BonusLimit - BonusUsed);
        return string.Create(CultureInfo.InvariantCulture, $"{left:0.##} of {Limit + BonusLimit:0.##} {Unit} are left{(ResetsAt is { } at ? $" until {at:yyyy-MM-dd}" : "")}{(HasOverage == true ? "; more is charged" : "")}.");
    }

    private KiroUsage WithBonus(JsonElement bonus) => this with { BonusUsed = BonusUsed + Amount(bonus, "currentUsage"), BonusLimit = BonusLimit + Amount(bonus, "usageLimit") };

    private static double Amount(JsonElement value, string name) => Optional(value, name) ?? 0;

    private static double? Optional(JsonElement value, string name) => VendorJson.Number(value, name + "WithPrecision") ?? VendorJson.Number(value, name);

    /// <summary>A time in seconds since 1970 or as ISO 8601 has it.</summary>
    private static DateTimeOffset? Time(JsonElement value, string name)
    {
        if (VendorJson.Number(value, name) is { } seconds) return seconds is > 0 and < 2e11 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
        return DateTimeOffset.TryParse(VendorJson.Text(value, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }

    private static JsonElement? Member(JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;
}
