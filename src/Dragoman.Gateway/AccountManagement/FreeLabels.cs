namespace Dragoman.Gateway.AccountManagement;

/// <summary>Labels that no account has yet.</summary>
internal static class FreeLabels
{
    private const int MostLetters = 80;

    /// <summary>A label like the one that is wanted.</summary>
    /// <param name="registry">The accounts.</param>
    /// <param name="wanted">What comes from elsewhere: it is cut to one line of bearable length.</param>
    /// <param name="otherwise">What is taken where nothing is left of it.</param>
    public static string For(AccountRegistry registry, string wanted, string otherwise)
    {
        var plain = new string([.. wanted.Where(static letter => !char.IsControl(letter)).Take(MostLetters)]).Trim();
        if (plain.Length == 0) plain = otherwise;
        var label = plain;
        for (var number = 2; registry.Entries.Any(entry => entry.Label.Equals(label, StringComparison.OrdinalIgnoreCase)); number++) label = $"{plain} #{number}";
        return label;
    }
}
